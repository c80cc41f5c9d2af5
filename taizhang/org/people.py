"""Finding people by their names, in the posts they hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from taizhang.core.wording import Label, is_storable
from taizhang.org.in_force import in_force
from taizhang.org.models import Person, Tenure


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in one of their posts."""

    person_id: int
    username: str
    name: str
    post_id: int
    post: Label
    unit_id: int


def holders_called(name: str, units: Collection[int] | None, on: date) -> list[Holder]:
    """Whoever bears this name or user name in a post of these units (None: of any), each post of theirs in the
    order in which they count."""
    if not is_storable(name):
        return []
    return _holders(_tenures(units, on).filter(Q(person__username=name) | Q(person__name=name)))


def holders_like(text: str, units: Collection[int] | None, on: date, most: int) -> list[Holder]:
    """Those whose name holds the text, or whose user name begins with it."""
    if not text or not is_storable(text):
        return []
    meant = Q(person__name__contains=text) | Q(person__username__startswith=text)
    return _holders(_tenures(units, on).filter(meant)[:most])


def _tenures(units: Collection[int] | None, on: date) -> QuerySet[Tenure]:
    held = Tenure.objects.filter(
        in_force(on), in_force(on, "post__"), in_force(on, "post__unit__"), person__is_active=True
    )
    within = held if units is None else held.filter(post__unit_id__in=units)
    return within.order_by("person__name", "stand_in", F("from_on").asc(nulls_first=True), "id")


def _holders(tenures: QuerySet[Tenure]) -> list[Holder]:
    return [
        Holder(
            one.person_id,
            one.person.username,
            one.person.name,
            one.post_id,
            Label(one.post.name, one.post.name_en),
            one.post.unit_id,
        )
        for one in tenures.select_related("person", "post")
    ]


@dataclass(frozen=True, slots=True)
class Seat:
    """One tenure, with what its post and unit are called."""

    tenure_id: int
    person_id: int
    post_id: int
    post: Label
    unit_id: int
    unit_name: str
    from_on: date | None
    to_on: date | None
    stand_in: bool

    @property
    def place(self) -> Label:
        return Label(f"{self.unit_name} {self.post.zh}", f"{self.unit_name} {self.post.text('en')}")

    @property
    def last_on(self) -> date | None:
        return self.to_on - timedelta(days=1) if self.to_on is not None else None

    def is_over(self, on: date) -> bool:
        return self.to_on is not None and self.to_on <= on

    def is_held(self, on: date) -> bool:
        return not self.is_over(on) and (self.from_on is None or self.from_on <= on)


def seats_by_person(people: Collection[int], on: date, *, also_past: bool = False) -> dict[int, list[Seat]]:
    """What these people hold on the day or will hold, and what they held if wanted: own posts first, as they
    came. What was undone before it began is left out."""
    found = Tenure.objects.filter(person_id__in=people).exclude(from_on__gte=F("to_on"))
    if not also_past:
        found = found.filter(Q(to_on__isnull=True) | Q(to_on__gt=on))
    by_person: dict[int, list[Seat]] = {person: [] for person in people}
    ordered = found.order_by("stand_in", F("from_on").asc(nulls_first=True), "id")
    for tenure in ordered.select_related("post__unit"):
        by_person[tenure.person_id].append(_seat(tenure))
    return by_person


def _seat(tenure: Tenure) -> Seat:
    post = tenure.post
    return Seat(
        tenure.id,
        tenure.person_id,
        post.id,
        Label(post.name, post.name_en),
        post.unit_id,
        post.unit.name,
        tenure.from_on,
        tenure.to_on,
        tenure.stand_in,
    )


def people_like(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those whose name holds the text, whose user name or staff number begins with it, or who are or were in a
    post of a unit whose name holds it."""
    if not is_storable(text):
        return people.none()
    seats = Tenure.objects.filter(person=OuterRef("pk"), post__unit__name__contains=text)
    words = Q(username__istartswith=text) | Q(staff_number__istartswith=text)
    return people.filter(Q(name__contains=text) | words | Exists(seats))
