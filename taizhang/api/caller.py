"""Who calls: a signed-in session, the post held today, and what may be seen from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from taizhang.api.answers import Words
from taizhang.api.inputs import refuse
from taizhang.api.problems import CSRF_FAILED, Problem
from taizhang.core.actor import Actor, Agent
from taizhang.core.units import Units
from taizhang.ledger.visibility import Scope, scope_of
from taizhang.org.agents import actor_of, agent_of
from taizhang.org.models import Site
from taizhang.org.refusals import NoSuchPerson, PostNotHeld
from taizhang.org.sites import the_site, today
from taizhang.org.tree import units_now

POST_KEY = "post_id"
"""Where the session says which of several posts is meant; the desk writes it."""


@dataclass(frozen=True)
class Caller:
    """The person of one request. Their agent comes from one statement, the tree from a tiny second."""

    site: Site
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

    @property
    def today(self) -> date:
        return today(self.site)

    @property
    def scope_in_words(self) -> Words:
        """Whose entries every list and count speaks of."""
        if not self.agent.scope:
            return Words(zh="没有任何单位", en="no unit")
        names = [self.units.name(unit) for unit in sorted(self.agent.scope)]
        return Words(zh=f"{'、'.join(names)}及以下单位", en=f"{', '.join(names)} and the units below")

    def acting_for(self, person_id: int | None) -> Actor:
        """The actor of a write: the caller, or the one the caller records for (代录). Raises Problem."""
        if person_id is None or person_id == self.agent.person_id:
            return self.actor
        try:
            return actor_of(agent_of(person_id, on=self.today), self.agent)
        except NoSuchPerson as unknown:
            raise refuse("body.acted_by", unknown.code, unknown.message) from None


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

    def __call__(self, request: HttpRequest) -> Caller | None:
        if not request.user.is_authenticated:
            return None
        _check_csrf(request)
        return caller_of(request, request.user.pk)


def caller_of(request: HttpRequest, person_id: int) -> Caller | None:
    """None where the account was closed; a post no longer held falls back to the one that is."""
    site = the_site()
    day = today(site)
    try:
        return Caller(site, agent_of(person_id, request.session.get(POST_KEY), on=day))
    except PostNotHeld:
        del request.session[POST_KEY]
        return Caller(site, agent_of(person_id, on=day))
    except NoSuchPerson:
        return None


def caller(request: HttpRequest) -> Caller:
    """Who was found to call this operation."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found
