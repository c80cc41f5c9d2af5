"""A signed-in request: who asks, in the language of the page, and where to go who has not signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.wording import Label, Language
from taizhang.desk.way_back import page_before
from taizhang.ledger import asking as at_any_door
from taizhang.org.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Screen = Callable[Concatenate["Asking", P], HttpResponse]


@dataclass(frozen=True)
class Asking(at_any_door.Asking):
    """Who asks by a page: signed in, and reading in a language."""

    request: HttpRequest
    person: Person

    @cached_property
    def language(self) -> Language:
        return spoken()

    def word(self, label: Label) -> str:
        return label.text(self.language)


def spoken() -> Language:
    """The language of this page, as the core's labels know it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def listed(words: Iterable[str]) -> str:
    """Several words, parted as the page's language does."""
    return _("、").join(words)


def screen(show: Screen[P]) -> View[P]:
    """A view for the signed-in alone. Others are sent to sign in and come back to the page they wanted.

    A form sent too late comes back to the page that held it, where the browser puts the typed text
    in again (frontend/src/drafts.js).
    """

    @wraps(show)
    def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asking = asking_of(request)
        if asking is None:
            return redirect_to_login(_page_of(request))
        request.asking = asking  # type: ignore[attr-defined]  # for `frame`, so that it need not ask again
        return show(asking, *args, **kwargs)

    return cast("View[P]", view)


def asking_of(request: HttpRequest) -> Asking | None:
    """The signed-in person in the post held today; None where nobody is signed in, or the account is closed."""
    person: Any = request.user
    if not person.is_authenticated:
        return None
    found = at_any_door.asking_in(request.session, person.pk, person.seats)
    return None if found is None else Asking(found.site, found.seats, found.agent, request, person)


def _page_of(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request)
