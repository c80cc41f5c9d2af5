"""What the browser may load, and which language a page speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from taizhang.core.wording import Language
from taizhang.org.refusals import NoSite
from taizhang.org.sites import the_site

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LANGUAGE_COOKIE = "language"
LANGUAGES = {"zh-hans": "中文", "en": "English"}
SPOKEN: dict[Language, str] = {"zh": "zh-hans", "en": "en"}
"""A site's language as Django knows it."""

Answering = Callable[[HttpRequest], HttpResponse]


class ContentPolicy:
    """The strict policy on every answer: nothing from elsewhere, no inline code, no frames."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        # Pages hold what only this person may see; the way back must not show it after signing out.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class SpokenLanguage:
    """The site's, unless this person chose otherwise; the browser's own language says nothing about an office."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        with translation.override(chosen if chosen in LANGUAGES else _of_the_site()):
            return self._answer(request)


def _of_the_site() -> str:
    try:
        return SPOKEN[the_site().spoken]
    except NoSite:
        return SPOKEN["zh"]
