"""Whose accounts an administrator looks after: those of the own unit and below, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from taizhang.core.actor import Agent
from taizhang.core.units import Units
from taizhang.org.models import AccountDeed, Person, Post, Tenure
from taizhang.org.refusals import MayNotAppoint, PersonOutOfReach, PostOutOfReach, UnitOutOfReach


@dataclass(frozen=True, slots=True)
class Reach:
    """`unit_ids` are the units at and below the administrator's own post (None: all of them), whatever that
    post may see beyond them. Operators are looked after `at_terminal` alone, where one has the data anyway."""

    agent: Agent
    unit_ids: frozenset[int] | None
    at_terminal: bool = False

    def people(self, on: date) -> QuerySet[Person]:
        """Those who hold or held a post in these units and none elsewhere today or later."""
        staff = Person.objects.all() if self.at_terminal else Person.objects.filter(is_operator=False)
        if self.unit_ids is None:
            return staff
        held, here = Tenure.objects.filter(person=OuterRef("pk")), Q(post__unit_id__in=self.unit_ids)
        not_over = Q(to_on__isnull=True) | Q(to_on__gt=on)
        return staff.filter(Exists(held.filter(here)), ~Exists(held.filter(not_over).exclude(here)))

    def posts(self) -> QuerySet[Post]:
        every = Post.objects.all()
        return every if self.unit_ids is None else every.filter(unit_id__in=self.unit_ids)

    def deeds(self, on: date) -> QuerySet[AccountDeed]:
        """What was done to the accounts of these people and to posts in these units, the latest first. Who reaches
        everybody sees what was done to operators' accounts, too."""
        every = AccountDeed.objects.order_by("-id")
        if self.unit_ids is None:
            return every
        about_posts = Q(person__isnull=True, post__in=self.posts())
        return every.filter(Q(person__in=self.people(on)) | about_posts)

    def person(self, person_id: int, on: date) -> Person:
        """Raises PersonOutOfReach, alike where there is nobody of this number."""
        found = self.people(on).filter(id=person_id).first()
        if found is None:
            raise PersonOutOfReach
        return found

    def check_unit(self, unit_id: int, name: str) -> None:
        if self.unit_ids is not None and unit_id not in self.unit_ids:
            raise UnitOutOfReach(unit=name)

    def check_post(self, post: Post) -> None:
        if self.unit_ids is not None and post.unit_id not in self.unit_ids:
            raise PostOutOfReach(post=post.name)


def reach_of(agent: Agent, units: Units) -> Reach:
    """Raises MayNotAppoint for who looks after no accounts."""
    if "appoint" not in agent.duties:
        raise MayNotAppoint
    if agent.unit_id is None:
        return Reach(agent, None)
    covered = units.below({agent.unit_id})
    return Reach(agent, None if covered >= units.spans.keys() else covered)
