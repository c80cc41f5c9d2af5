"""Until there is a site, every page leads to the one on which it is set up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from taizhang.desk.policy import Answering
from taizhang.org.refusals import NoSite
from taizhang.org.sites import the_site


class SetUpFirst:
    """Costs nothing once there is a site, which a process remembers."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            the_site()
        except NoSite:
            if request.path not in (reverse("setup"), reverse("language")):
                return redirect("setup")
        return self._answer(request)
