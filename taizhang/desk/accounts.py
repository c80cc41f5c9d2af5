"""Signing in by user name or staff number. Accounts are made by administrators; nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from taizhang.org.agents import account_of
from taizhang.org.models import Person
from taizhang.org.one_time import plain
from taizhang.org.signing_in import account_called
from taizhang.org.sites import now, the_site


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        return False

    def pre_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponse | None:
        """A one-time password that was right once opens nothing after its days, and says so."""
        if user.one_time_until is not None and user.one_time_until < now(the_site()):
            messages.error(request, _("一次性口令已过期，请找本单位的管理员重发一个。"))
            return redirect("account_login")
        stopped: HttpResponse | None = super().pre_login(request, user, **given)
        return stopped


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, but that one is known by the staff number too, and that the account of a request comes with
    what its person does today."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        person = account_called(credentials.get("username") or "")
        if person is not None:
            credentials["username"] = person.username
            if person.one_time_until is not None:
                credentials["password"] = plain(credentials.get("password") or "")
        found: Person | None = super().authenticate(request, **credentials)
        return found

    def get_user(self, user_id: int) -> Person | None:
        return account_of(user_id)
