"""Finding units by the names people write in sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from taizhang.core.units import Units
from taizhang.org.cell_names import name_key
from taizhang.org.in_force import in_force
from taizhang.org.models import Unit, UnitName
from taizhang.org.sites import the_site, today
from taizhang.org.suggesting import Suggester


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit as names find it: its names of today, those it bore before, and where it stands.

    Its code changes from year to year and never finds it.
    """

    unit_id: int
    name: str
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    parent_id: int | None = None
    code: str = ""

    def names(self) -> Iterator[str]:
        yield from filter(None, (self.name, self.short_name, *self.aliases, *self.former))


@dataclass(frozen=True)
class UnitNames:
    """Every living unit by each of its names: `load` once per sheet, `of` in a request."""

    units: dict[int, NamedUnit] = field(default_factory=dict)

    @classmethod
    def load(cls) -> UnitNames:
        """The units living today."""
        day = today(the_site())
        former: defaultdict[int, list[str]] = defaultdict(list)
        past = UnitName.objects.filter(to_on__lte=day).order_by("-to_on")
        for unit_id, name, short_name in past.values_list("unit_id", "name", "short_name"):
            former[unit_id] += filter(None, (name, short_name))
        rows = Unit.objects.filter(in_force(day)).values_list(
            "id", "name", "short_name", "aliases", "parent_id", "code"
        )
        return cls(
            {
                unit_id: NamedUnit(unit_id, name, short, tuple(aliases), tuple(former[unit_id]), parent, code)
                for unit_id, name, short, aliases, parent, code in rows
            }
        )

    @classmethod
    def of(cls, units: Units) -> UnitNames:
        """The names of a tree just pictured (`tree.units_now`), read once per picture."""
        global _remembered  # noqa: PLW0603 - one picture per process, as in `tree`
        known = _remembered
        if known is None or known[0] is not units:
            known = _remembered = (units, cls.load())
        return known[1]

    def find(self, text: str) -> int | None:
        """The one unit of this name, else none.

        A name counts before a short name, that before an alias, that before a former name; the
        name may be led by the parent's (甲县城关镇) or followed by it in brackets, as `nearest`
        writes it. Two units of equal rank are no match.
        """
        key = name_key(text)
        for names in self._by_rank:
            found = names.get(key, ())
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def nearest(self, text: str) -> list[str]:
        """Units that may be meant, best first, as names `find` knows; also by sound.

        Units of an ambiguous name are all given, each with its parent.
        """
        return [each.label for each in self.suggester.suggest(text).units]

    @cached_property
    def suggester(self) -> Suggester:
        return Suggester(self)

    def bearing(self, key: str) -> list[int]:
        """Every unit one of whose names has this key, those with the surer names first."""
        return list(dict.fromkeys(unit for names in self._by_rank for unit in names.get(key, ())))

    def label(self, unit_id: int) -> str:
        """The unit's name, with the parents in brackets that tell it from others of the same name."""
        return self._labels[unit_id]

    @cached_property
    def _by_rank(self) -> tuple[dict[str, list[int]], ...]:
        units = self.units.values()
        return (
            _index((unit, (unit.name,)) for unit in units),
            _index((unit, (unit.short_name,)) for unit in units),
            _index((unit, unit.aliases) for unit in units),
            _index((unit, self._with_parents(unit)) for unit in units),
            _index((unit, unit.former) for unit in units),
        )

    def _with_parents(self, unit: NamedUnit) -> Iterator[str]:
        above = self._above(unit)
        for n in range(1, len(above) + 1):
            for own in filter(None, (unit.name, unit.short_name)):
                yield "".join([*reversed(above[:n]), own])
                yield _bracketed(own, above[:n])

    def _above(self, unit: NamedUnit) -> list[str]:
        """The names of the units above, nearest first."""
        names = []
        while unit.parent_id is not None and unit.parent_id in self.units:
            unit = self.units[unit.parent_id]
            names.append(unit.name)
        return names

    @cached_property
    def _labels(self) -> dict[int, str]:
        labels: dict[int, str] = {}
        for namesakes in _index((unit, (unit.name,)) for unit in self.units.values()).values():
            aboves = {each: self._above(self.units[each]) for each in namesakes}
            for each, above in aboves.items():
                others = [aboves[other] for other in namesakes if other != each]
                labels[each] = _bracketed(self.units[each].name, _telling(above, others))
        return labels


_remembered: tuple[Units, UnitNames] | None = None


def _telling(above: list[str], others: list[list[str]]) -> list[str]:
    """As many of the nearest parents as tell a unit from its namesakes."""
    for depth in range(len(above)):
        if all(other[:depth] != above[:depth] for other in others):
            return above[:depth]
    return above


def _bracketed(name: str, above: list[str]) -> str:
    return f"{name}（{''.join(reversed(above))}）" if above else name


def _index(named: Iterable[tuple[NamedUnit, Iterable[str]]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for unit, names in named:
        for key in {name_key(name) for name in names} - {""}:
            found[key].append(unit.unit_id)
    return dict(found)
