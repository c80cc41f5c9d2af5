"""Finding people by their names, in the posts they hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from taizhang.core.wording import is_storable
from taizhang.org.in_force import in_force
from taizhang.org.models import Tenure


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in one of their posts."""

    person_id: int
    username: str
    name: str
    post_id: int
    post_name: str
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
    names = "person_id", "person__username", "person__name", "post_id", "post__name", "post__unit_id"
    return [Holder(*row) for row in tenures.values_list(*names)]
