"""机构调整: founding, renaming, moving, merging, splitting and dissolving units, each with its day.

A change holds from `on` until the next one recorded for the same unit; days before `on` stay as
they were. Any day is possible, past or coming. Open entries of a dissolved unit are the ledger's
to transfer: the result says whose place was taken by whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest

from taizhang.core.pinyin import sort_key
from taizhang.org.chart import NEVER, Chart
from taizhang.org.dated_rows import finish, read_chart, write_paths
from taizhang.org.founding import NewUnit, add_units
from taizhang.org.models import Post, Unit, UnitName, UnitSuccession
from taizhang.org.refusals import (
    AlreadyDissolved,
    ChildrenRemain,
    FoundedThatDay,
    IntoItself,
    LaterFactStands,
    NameMissing,
    NothingChanges,
    NothingGiven,
)


@dataclass(frozen=True, slots=True)
class Reorganised:
    """What a merger, split or dissolution did: units dissolved `on`, and who took each one's place."""

    on: date
    dissolved: tuple[int, ...]
    successors: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def found(new: NewUnit, on: date) -> Unit:
    """Found a unit; where `new` states its own first day, that one holds."""
    return add_units([_dated(new, on)])[0]


def _dated(new: NewUnit, on: date) -> NewUnit:
    return NewUnit(new.name, new.parent, new.short_name, new.code, new.aliases, new.from_on or on)


@transaction.atomic
def rename(unit: int, name: str, on: date, *, short_name: str = "") -> None:
    """Call the unit `name` from the day until its next recorded renaming."""
    name = name.strip()
    if not name:
        raise NameMissing
    life = read_chart().living(unit, on)
    begun, not_over = Q(from_on__isnull=True) | Q(from_on__lte=on), Q(to_on__isnull=True) | Q(to_on__gt=on)
    held = UnitName.objects.get(begun, not_over, unit_id=unit)
    if (held.name, held.short_name) == (name, short_name):
        raise NothingChanges(unit=life.name, on=on)
    until = held.to_on
    if held.from_on == on:
        held.delete()
    else:
        held.to_on = on
        held.save(update_fields=["to_on"])
    UnitName.objects.create(
        unit_id=unit, name=name, short_name=short_name, sort_key=sort_key(name), from_on=on, to_on=until
    )
    finish()


@transaction.atomic
def move(unit: int, parent: int | None, on: date) -> None:
    """Put the unit, with all below it, under another parent; none makes it a root."""
    chart = read_chart()
    write_paths(chart, chart.place(unit, parent, on))
    finish()


@transaction.atomic
def merge(units: Iterable[int], into: int | NewUnit, on: date) -> Reorganised:
    """Dissolve units into one, existing or new. The units below them go along."""
    units = list(dict.fromkeys(units))
    if not units:
        raise NothingGiven
    successor = _successor(into, on)
    chart = read_chart()
    if successor in units:
        raise IntoItself(unit=chart.lives[successor].name)
    chart.living(successor, on)
    touched: set[int] = set()
    for unit in _deepest_first(chart, units, on):
        for child in chart.children_from(unit, on):
            if chart.lives[child].lives_on(on) and chart.lives[child].parent_on(on) == unit:
                touched |= chart.place(child, successor, on)
        _end(chart, unit, on)
    _succeed(units, [successor], on)
    done = Reorganised(on, tuple(units), dict.fromkeys(units, (successor,)))
    return _recorded(chart, {*units, *touched}, done)


@transaction.atomic
def split(unit: int, into: Sequence[int | NewUnit], on: date) -> Reorganised:
    """Let several units, existing or new, take the place of one, which must have none below it.

    With the unit itself among them, a part is split off and the unit lives on.
    """
    successors = tuple(dict.fromkeys(_successor(each, on) for each in into))
    others = [each for each in successors if each != unit]
    if not others:
        raise NothingGiven
    chart = read_chart()
    for each in (unit, *others):
        chart.living(each, on)
    lives_on = unit in successors
    if not lives_on:
        _end(chart, unit, on)
    _succeed([unit], others, on)
    return _recorded(chart, {unit}, Reorganised(on, () if lives_on else (unit,), {unit: successors}))


@transaction.atomic
def dissolve(unit: int, on: date) -> Reorganised:
    """End a unit without a successor; units below it must have been moved."""
    chart = read_chart()
    _end(chart, unit, on)
    return _recorded(chart, {unit}, Reorganised(on, (unit,)))


def _successor(into: int | NewUnit, on: date) -> int:
    return found(into, on).id if isinstance(into, NewUnit) else into


def _deepest_first(chart: Chart, units: list[int], on: date) -> list[int]:
    """Of a unit and one below it that end together, the lower must end first."""
    for unit in units:
        chart.living(unit, on)
    return sorted(units, key=lambda unit: -chart.path_on(unit, on).count("/"))


def _end(chart: Chart, unit: int, on: date) -> None:
    life = chart.life(unit)
    if life.end != NEVER:
        raise AlreadyDissolved(unit=life.name, on=life.end)
    chart.living(unit, on)
    if on == life.start:
        raise FoundedThatDay(unit=life.name, on=on)
    if life.parents[-1][0] >= on or _is_spoken_of_later(unit, on):
        raise LaterFactStands(unit=life.name, on=on)
    if remaining := chart.children_from(unit, on):
        raise ChildrenRemain(unit=life.name, children="、".join(chart.lives[each].name for each in remaining))
    life.end = on
    Unit.objects.filter(id=unit).update(to_on=on)
    UnitName.objects.filter(unit_id=unit, to_on__isnull=True).update(to_on=on)
    still_open = Q(to_on__isnull=True) | Q(to_on__gt=on)
    Post.objects.filter(still_open, unit_id=unit).update(to_on=Greatest("from_on", on))


def _is_spoken_of_later(unit: int, on: date) -> bool:
    return (
        UnitName.objects.filter(unit_id=unit, from_on__gte=on).exists()
        or UnitSuccession.objects.filter(Q(unit_id=unit) | Q(successor_id=unit), on__gte=on).exists()
    )


def _succeed(units: Iterable[int], successors: Sequence[int], on: date) -> None:
    """Where a part went to the same successor before, the earlier day stands."""
    for unit in units:
        for successor in successors:
            known = UnitSuccession.objects.filter(unit_id=unit, successor_id=successor)
            if not known.exists():
                UnitSuccession.objects.create(unit_id=unit, successor_id=successor, on=on)
            known.filter(on__gt=on).update(on=on)


def _recorded(chart: Chart, touched: Iterable[int], done: Reorganised) -> Reorganised:
    write_paths(chart, touched)
    finish()
    return done
