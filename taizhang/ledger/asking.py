"""Who asks, by whichever door: the person in a post held today, and what may be seen from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.contrib.sessions.backends.base import SessionBase

from taizhang.core.actor import Actor, Agent
from taizhang.core.units import Units
from taizhang.core.wording import Label
from taizhang.ledger.visibility import Scope, scope_of
from taizhang.org.agents import Seats, actor_of, agent_of, seats_of
from taizhang.org.models import Site
from taizhang.org.refusals import NoSuchPerson, PostNotHeld
from taizhang.org.sites import now, the_site, today, version_seen
from taizhang.org.tree import units_at, units_now

POST_KEY = "post_id"
"""Where a session says which of several posts is meant."""


@dataclass(frozen=True)
class Asking:
    """One person at one moment: one statement brings the agent and says whether the tree is still as known."""

    site: Site
    seats: Seats
    agent: Agent

    @property
    def actor(self) -> Actor:
        return Actor.alone(self.agent)

    def acting_for(self, person_id: int, post_id: int | None = None) -> Actor:
        """The actor where this person records what that one did (代录), in this post or the one held longest.
        Raises NoSuchPerson."""
        if person_id == self.agent.person_id:
            return self.actor
        return actor_of(agent_of(person_id, post_id, on=self.today), self.agent)

    @cached_property
    def units(self) -> Units:
        version = version_seen()
        return units_now() if version is None else units_at(version)

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.agent, self.units)

    @cached_property
    def now(self) -> datetime:
        return now(self.site)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def scope_in_words(self) -> Label:
        """Whose entries every list and count speaks of."""
        names = [self.units.name(unit) for unit in sorted(self.agent.scope)]
        if not names:
            return Label(
                "无，您目前没有岗位，看不到任何条目", "none: you hold no post at present and see no entries"
            )
        if self.scope.unit_ids is None:
            return Label("全站", "the whole site")
        return Label(
            f"{'、'.join(names)}及下属单位牵头、协办或登记的条目",
            f"entries that {', '.join(names)} and units below lead, assist in or registered",
        )


def asking_of(person_id: int, post_id: int | None = None) -> Asking:
    """The person in this post, or in the one held longest where it is not theirs today. Raises NoSuchPerson."""
    return _asking(seats_of(person_id, on=today(the_site())), post_id)


def asking_in(session: SessionBase, person_id: int, seats: Seats | None = None) -> Asking | None:
    """The person of a session in the post it names, which it forgets when that is held no longer; None where
    the account was closed. `seats` are those of today, where they were read with the account."""
    post_id = session.get(POST_KEY)
    try:
        asking = _asking(seats, post_id) if seats is not None else asking_of(person_id, post_id)
    except NoSuchPerson:
        return None
    if post_id is not None and asking.agent.post_id != post_id:
        del session[POST_KEY]
    return asking


def _asking(seats: Seats, post_id: int | None) -> Asking:
    try:
        return Asking(the_site(), seats, seats.agent(post_id))
    except PostNotHeld:
        return Asking(the_site(), seats, seats.agent())
