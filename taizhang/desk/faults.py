"""When a page cannot be shown: 400 says what may be too much, 403 says who may, 404 says nothing of what exists,
500 gives a number to quote."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string

from taizhang.desk.assets import assets
from taizhang.desk.policy import Answering
from taizhang.desk.way_back import page_before
from taizhang.fault_log import note_request


class MayNot(PermissionDenied):
    """`who` says in words who may."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(who)


FORESEEN = (
    Http404,
    PermissionDenied,
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
    UnreadablePostError,
)
"""What Django has an answer for; the handlers below word it."""


class Faults:
    """Answers an unexpected error in a view with its number in the log."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, FORESEEN):
            return None
        return _broken(note_request(error, request))


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Too large, too many fields, cut off, or forged. The page before it can no longer be read from the form."""
    return _page(request, 400, {"back": page_before(request)})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, {"who": getattr(exception, "who", "")})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """The same words whether it does not exist or may not be seen; the address is not repeated."""
    return _page(request, 404, {})


def unexpected(request: HttpRequest) -> HttpResponse:
    """An error outside of a view, which `Faults` never saw. Django asks for this page while it handles the error."""
    error = sys.exception()
    assert error is not None
    return _broken(note_request(error, request))


def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """A form from a page of an earlier session. What was typed stays in the browser."""
    return _page(request, 403, {"stale": True, "back": page_before(request)})


def _broken(number: str) -> HttpResponse:
    """Drawn without the request: what surrounds a page asks the database, which may be what is broken."""
    text = render_to_string("desk/500.html", {"number": number, "assets": assets()})
    return HttpResponse(text, status=500)


def _page(request: HttpRequest, status: int, given: dict[str, Any]) -> HttpResponse:
    return render(request, f"desk/{status}.html", given, status=status)
