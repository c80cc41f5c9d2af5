"""A board (看板): units × stages, for any door that shows one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from taizhang.core.units import Units
from taizhang.ledger.figures import Place

NOBODY = 0
"""The unit of what no unit answers for yet."""

Counted = Mapping[int, Counter[str]]
"""Unit → how many entries stand in each stage."""


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of the units `covered`: a unit with all below it, or what is its own alone (`is_own`)."""

    unit_id: int
    is_own: bool
    covered: frozenset[int]
    stages: Counter[str]


def by_unit(standing: Counter[Place]) -> Counted:
    """The figures of a view, by unit."""
    found: dict[int, Counter[str]] = {}
    for (stage, unit), n in standing.items():
        found.setdefault(unit, Counter())[stage] += n
    return found


def below(top: int, counted: Counted, units: Units, day: date) -> Iterator[Line]:
    """A line for each unit in force right below `top`, and one for what is the own of `top`."""
    for unit in _parts(top, units, day):
        yield _line(unit, False, units.below([unit]), counted)
    yield _line(top, True, own(top, units, day), counted)


def together(lines: Iterable[Line], counted: Counted) -> Counter[str]:
    """The figures of all lines: a dissolved unit whose parts went to several is in the line of each, and here once."""
    return _line(NOBODY, False, frozenset[int]().union(*(line.covered for line in lines)), counted).stages


def own(top: int, units: Units, day: date) -> frozenset[int]:
    """The unit itself, and dissolved units below it whose place none in force there took."""
    return units.below([top]).difference(*(units.below([unit]) for unit in _parts(top, units, day)))


def _parts(top: int, units: Units, day: date) -> list[int]:
    return [span.unit_id for span in units.spans.values() if span.parent_id == top and span.exists_on(day)]


def of_nobody(counted: Counted) -> Line:
    """The line of what no unit answers for yet."""
    return _line(NOBODY, True, frozenset({NOBODY}), counted)


def _line(unit_id: int, is_own: bool, covered: frozenset[int], counted: Counted) -> Line:
    stages: Counter[str] = Counter()
    for unit in covered & counted.keys():
        stages.update(counted[unit])
    return Line(unit_id, is_own, covered, stages)
