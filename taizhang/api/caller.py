"""Who calls: Django's session, held to Django's own token against forged requests."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from taizhang.api.problems import CSRF_FAILED, Problem
from taizhang.ledger.asking import Asking, asking_in


class _Csrf(CsrfViewMiddleware):
    """Django's own check without the page it shows people."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 - said in JSON
        return HttpResponse(status=403)


def _check_csrf(request: HttpRequest) -> None:
    """Operations are exempt from Django's check, to be held to it here. Raises Problem."""

    def operation(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = _Csrf(operation)
    check.process_request(request)
    if check.process_view(request, operation, (), {}) is not None:
        raise Problem(403, *CSRF_FAILED)


class SignedIn(AuthBase):
    """Django's session. Only after it is known who calls is a missing CSRF token worth a word."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Asking | None:
        if not request.user.is_authenticated:
            return None
        _check_csrf(request)
        return asking_in(request.session, request.user.pk, request.user.seats)


def caller(request: HttpRequest) -> Asking:
    """Who was found to call this operation."""
    found: Asking = request.auth  # type: ignore[attr-defined]
    return found
