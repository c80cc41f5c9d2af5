"""Signing in by user name. Accounts are made by the operator; nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from taizhang.org.agents import account_of
from taizhang.org.models import Person


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        return False


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, but that the account of a request comes with what its person does today."""

    def get_user(self, user_id: int) -> Person | None:
        return account_of(user_id)
