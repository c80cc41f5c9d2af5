"""Who asks: the person of a request, the post held, what may be seen, and the day.

A person's agent comes from one statement per request (`org.agents.agent_of`). With several posts
the session says which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from taizhang.core.actor import Actor, Agent
from taizhang.core.units import Units
from taizhang.core.wording import Label, Language
from taizhang.ledger.visibility import Scope, scope_of
from taizhang.org.agents import agent_of
from taizhang.org.models import Person, Site
from taizhang.org.refusals import NoSuchPerson, PostNotHeld
from taizhang.org.sites import now as site_now
from taizhang.org.sites import the_site
from taizhang.org.tree import units_now

POST_KEY = "post_id"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Screen = Callable[Concatenate["Asking", P], HttpResponse]


@dataclass(frozen=True)
class Asking:
    """One signed-in request."""

    request: HttpRequest
    site: Site
    person: Person
    agent: Agent

    @property
    def actor(self) -> Actor:
        return Actor.alone(self.agent)

    @cached_property
    def units(self) -> Units:
        return units_now()

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.agent, self.units)

    @cached_property
    def now(self) -> datetime:
        return site_now(self.site)

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def language(self) -> Language:
        return spoken()

    def word(self, label: Label) -> str:
        return label.text(self.language)


def spoken() -> Language:
    """The language of this page, as the core's labels know it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


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
    site = the_site()
    day = site_now(site).date()
    post = request.session.get(POST_KEY)
    try:
        agent = agent_of(person.pk, post, on=day)
    except PostNotHeld:
        del request.session[POST_KEY]
        agent = agent_of(person.pk, on=day)
    except NoSuchPerson:
        return None
    return Asking(request, site, person, agent)


def _page_of(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return str(request.POST.get("page", "")) if _is_ours(request.POST.get("page", "")) else "/"


def _is_ours(address: object) -> bool:
    """Whether it is a path on this site; `//host` is another one."""
    return isinstance(address, str) and address.startswith("/") and not address.startswith(("//", "/\\"))
