"""The language of the pages, and the role in a demo."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from taizhang.desk.frame import demo_roles
from taizhang.desk.policy import LANGUAGE_COOKIE, LANGUAGES
from taizhang.org.models import Person, Site
from taizhang.org.sites import the_site

A_YEAR = 365 * 24 * 60 * 60


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    page = request.POST.get("page", "/")
    response = redirect(page if url_has_allowed_host_and_scheme(page, None) else "/")
    if request.POST.get("language") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, request.POST["language"], A_YEAR, samesite="Lax", httponly=True)
    return response


@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Become one of the demo's accounts without a password. On any other site this does not exist."""
    wanted = request.POST.get("role", "")
    if the_site().kind != Site.Kind.DEMO or wanted not in dict(demo_roles()):
        raise Http404
    person = Person.objects.filter(username=wanted, is_active=True).first()
    if person is None:
        raise Http404
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("todo")
