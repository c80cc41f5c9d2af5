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
from taizhang.org.agents import actor_of, agent_of
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
    site = the_site()
    day = today(site)
    try:
        return Asking(site, agent_of(person_id, post_id, on=day))
    except PostNotHeld:
        return Asking(site, agent_of(person_id, on=day))


def asking_in(session: SessionBase, person_id: int) -> Asking | None:
    """The person of a session in the post it names, which it forgets when that is held no longer; None where
    the account was closed."""
    post_id = session.get(POST_KEY)
    try:
        asking = asking_of(person_id, post_id)
    except NoSuchPerson:
        return None
    if post_id is not None and asking.agent.post_id != post_id:
        del session[POST_KEY]
    return asking
