"""Who signed in with a one-time password chooses one of their own before anything else is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.desk.policy import Answering
from taizhang.org.models import Person
from taizhang.org.one_time import plain

OPEN = {"first_password", "account_logout", "language"}
"""The addresses that stay open meanwhile."""


class OwnPasswordFirst:
    """Sends every page to the one where the password is chosen; to the API nobody is signed in yet."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        at = request.resolver_match
        assert at is not None, "a view was found"
        if not has_one_time(request) or at.url_name in OPEN:
            return None
        if at.app_name == "ninja":
            request.user = AnonymousUser()
            return None
        return redirect("first_password")


def has_one_time(request: HttpRequest) -> bool:
    """Whether somebody is signed in who has no password of their own yet."""
    return getattr(request.user, "one_time_until", None) is not None


class OwnPassword(SetPasswordForm):  # type: ignore[type-arg]  # generic for the checker alone
    """Django's form, which here also ends the one-time password."""

    def clean_new_password1(self) -> str:
        chosen: str = self.cleaned_data["new_password1"]
        if self.user.check_password(plain(chosen)):
            self.add_error("new_password1", _("请另想一个，不能就用一次性口令。"))
        return chosen

    def save(self, commit: bool = True) -> Person:
        self.user.one_time_until = None
        saved: Person = super().save(commit)
        return saved


def show(request: HttpRequest) -> HttpResponse:
    """Choosing it; the session goes on, all others of this account end."""
    person: Any = request.user
    if not person.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not has_one_time(request):
        return redirect("todo")
    form = OwnPassword(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        messages.success(request, _("密码已设好，以后用它登录。口令条可以销毁了。"))
        return redirect("todo")
    return render(request, "desk/first_password.html", {"form": form})
