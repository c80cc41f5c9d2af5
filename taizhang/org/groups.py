"""单位组: 各乡镇, 各部门. A group is listed, or follows from the tree: all below 甲县 whose names end in 镇 or 乡."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from taizhang.core.actor import Agent
from taizhang.core.units import Units
from taizhang.org.cell_names import name_key
from taizhang.org.in_force import in_force
from taizhang.org.models import UnitGroup, UnitGroupSpan
from taizhang.org.refusals import GroupEmpty, MayNotChangeUnits, NameMissing, NothingChanges

KINDS: dict[str, tuple[str, ...]] = {
    "towns": ("镇", "乡", "街道", "街道办事处", "苏木", "Town", "Township", "Subdistrict"),
    "counties": ("县", "区", "市", "旗", "County", "District", "City"),
    "villages": ("村", "社区", "嘎查", "居委会", "村委会", "Village", "Community"),
    "offices": (
        "局",
        "委",
        "办",
        "办公室",
        "委员会",
        "中心",
        "Bureau",
        "Office",
        "Department",
        "Centre",
        "Center",
    ),
}
"""Usual kinds of units by the endings of their names."""


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to a group: `unit_ids`, or by the place below which they stand and the endings of their names."""

    unit_ids: tuple[int, ...] = ()
    below: int | None = None
    endings: tuple[str, ...] = ()

    def of(self, units: Units, day: date) -> tuple[int, ...]:
        """The living units, in the order of their numbers; for a listed one that was dissolved, who took its place."""
        found = self._by_kind(units, day) if self.below is not None else self._listed(units, day)
        return tuple(sorted(set(found)))

    def _by_kind(self, units: Units, day: date) -> Iterable[int]:
        assert self.below is not None, "asked for by kind"
        if not self.endings:
            return (
                span.unit_id
                for span in units.spans.values()
                if span.parent_id == self.below and span.exists_on(day)
            )
        return (
            unit
            for unit in units.below([self.below]) - {self.below}
            if units.exists_on(unit, day) and units.name(unit).endswith(self.endings)
        )

    def _listed(self, units: Units, day: date) -> Iterable[int]:
        waiting, seen = list(self.unit_ids), set[int]()
        while waiting:
            unit = waiting.pop()
            if unit in seen:
                continue
            seen.add(unit)
            if units.exists_on(unit, day):
                yield unit
            elif (span := units.spans.get(unit)) is not None:
                waiting.extend(span.successor_ids)


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its members as of one day."""

    group_id: int
    name: str
    members: Members
    unit_ids: tuple[int, ...]


@dataclass(frozen=True)
class Groups:
    """Every group as of one day."""

    by_id: Mapping[int, Group] = field(default_factory=dict)

    @classmethod
    def load(cls, units: Units, day: date) -> Groups:
        """One query for all groups, however many."""
        spans = (
            UnitGroupSpan.objects.filter(in_force(day))
            .select_related("group")
            .order_by("group__name", "group_id")
        )
        found = {}
        for span in spans:
            members = Members(tuple(span.unit_ids), span.below_id, tuple(span.endings))
            found[span.group_id] = Group(span.group_id, span.group.name, members, members.of(units, day))
        return cls(found)

    def named(self, text: str) -> Group | None:
        key = name_key(text)
        return next((group for group in self.by_id.values() if name_key(group.name) == key), None)


@transaction.atomic
def define(name: str, members: Members, on: date, agent: Agent, units: Units) -> UnitGroup:
    """From this day on the group consists of these members; a new name is a new group, of as long as anybody knows.

    Raises MayNotChangeUnits, NameMissing, GroupEmpty, NothingChanges.
    """
    if "administer" not in agent.duties:
        raise MayNotChangeUnits
    name = name.strip()
    if not name_key(name):
        raise NameMissing
    if not members.of(units, on):
        raise GroupEmpty(group=name)
    group, is_new = UnitGroup.objects.get_or_create(key=name_key(name), defaults={"name": name})
    _close(group, members, on)
    UnitGroupSpan.objects.create(
        group=group,
        below_id=members.below,
        endings=list(members.endings),
        unit_ids=list(members.unit_ids),
        from_on=None if is_new else on,
    )
    return group


def _close(group: UnitGroup, members: Members, on: date) -> None:
    """End what held so far the day before; what began on the very day is replaced."""
    held = UnitGroupSpan.objects.select_for_update().filter(group=group, to_on__isnull=True).first()
    if held is None:
        return
    if Members(tuple(held.unit_ids), held.below_id, tuple(held.endings)) == members:
        raise NothingChanges(unit=group.name, on=on)
    if held.from_on is not None and held.from_on >= on:
        held.delete()
        held = UnitGroupSpan.objects.filter(group=group, to_on=held.from_on).first()
    if held is not None:
        UnitGroupSpan.objects.filter(id=held.id).update(to_on=on)
