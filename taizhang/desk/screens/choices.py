"""What one chooses in the frame of every page: the language, which of several posts is meant, the role in a demo."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from taizhang.desk.asking import Asking, screen, spoken
from taizhang.desk.faults import MayNot
from taizhang.desk.frame import demo_roles
from taizhang.desk.policy import LANGUAGE_COOKIE, LANGUAGES
from taizhang.desk.way_back import page_before
from taizhang.ledger import queries
from taizhang.ledger.asking import POST_KEY
from taizhang.ledger.visibility import Scope, scope_of
from taizhang.org.models import Person
from taizhang.org.refusals import PostNotHeld
from taizhang.org.sites import the_site

A_YEAR = 365 * 24 * 60 * 60


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = redirect(page_before(request))
    if request.POST.get("language") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, request.POST["language"], A_YEAR, samesite="Lax", httponly=True)
    return response


@require_POST
@screen
def post(asking: Asking) -> HttpResponse:
    """From now on this session means another of one's posts."""
    wanted = asking.request.POST.get("post", "")
    held = {str(each.post_id): each for each in asking.seats.posts}
    if wanted not in held:
        raise MayNot(asking.word(PostNotHeld(on=asking.today).message))
    post_id = asking.request.session[POST_KEY] = held[wanted].post_id
    page = page_before(asking.request)
    scope = scope_of(asking.seats.agent(post_id), asking.units)
    return redirect(page if _is_in_sight(page, scope) else "todo")


def _is_in_sight(page: str, scope: Scope) -> bool:
    """Whether the page can still be shown: that of an entry may be out of the other post's scope."""
    try:
        entry_id = resolve(urlsplit(page).path).kwargs.get("entry_id")
    except Resolver404:
        return False
    return entry_id is None or queries.by_id(the_site().id, scope, entry_id) is not None


@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Become one of the demo's accounts without a password. On any other site this does not exist."""
    wanted = request.POST.get("role", "")
    if wanted not in dict(demo_roles(the_site(), spoken())):
        raise Http404
    person = Person.objects.filter(username=wanted, is_active=True).first()
    if person is None:
        raise Http404
    login(request, person)
    return redirect("todo")
