"""From a cell that names units to the units: what people settled comes first, then the names units bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from taizhang.core.units import Units
from taizhang.org.cell_names import name_key, split_units
from taizhang.org.groups import Groups
from taizhang.org.matching import UnitNames
from taizhang.org.sites import the_site, today
from taizhang.org.spellings import Answer, settled
from taizhang.org.tree import units_now


@dataclass(frozen=True, slots=True)
class Named:
    """What one name in a cell stands for: one unit or several in their order, or a group's, of which none leads."""

    text: str
    unit_ids: tuple[int, ...] = ()
    is_group: bool = False
    each: bool = False
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class CellUnits:
    """The units of a cell: who leads, who assists, or for `each` of which there is an entry of its own that it leads.

    `unknown` names stand for no unit yet. Where the name that would lead is among them, nobody leads: the next
    one does not step into its place unasked.
    """

    named: tuple[Named, ...] = ()
    lead: int | None = None
    assisting: tuple[int, ...] = ()
    each: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say about it: one name, of one unit or of none."""
        return len(self.named) < 2 and all(len(one.unit_ids) < 2 for one in self.named)


def cell_units(named: Iterator[Named]) -> CellUnits:
    """Who leads and who assists, of names in the order in which they count."""
    found = tuple(dict.fromkeys(named))
    telling = [one for one in found if one.unit_ids or not one.is_known]
    first = telling[0] if telling else None
    each = first.unit_ids if first is not None and first.each else ()
    lead = None if each or (first is not None and not first.is_known) else _lead(telling)
    apart = {lead, *each}
    others = dict.fromkeys(unit for one in found for unit in one.unit_ids if unit not in apart)
    unknown = dict.fromkeys(one.text for one in found if not one.is_known)
    return CellUnits(found, lead, tuple(others), each, tuple(unknown))


def _lead(telling: list[Named]) -> int | None:
    """The first unit; none leads for a group, so that one named beside it does."""
    return next((one.unit_ids[0] for one in telling if one.unit_ids and not one.is_group), None)


@dataclass(frozen=True)
class CellReader:
    """Reads cells as of one day; `load` once per sheet."""

    names: UnitNames
    groups: Groups = field(default_factory=Groups)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    units: Units = field(default_factory=Units)
    day: date = date.max

    @classmethod
    def load(cls) -> CellReader:
        units, day = units_now(), today(the_site())
        return cls(UnitNames.of(units), Groups.load(units, day), settled(), units, day)

    def read(self, text: str) -> CellUnits:
        return cell_units(map(self._named, self._parts(text)))

    def unit(self, text: str) -> int | None:
        """The one unit of this name, as settled or as it is called; none for everything else."""
        one = self._named(text)
        return one.unit_ids[0] if len(one.unit_ids) == 1 and not one.is_group else None

    def _parts(self, text: str) -> list[str]:
        """A name that holds a separator itself counts whole."""
        return [text] if self._named(text).is_known else split_units(text) or [text]

    def _named(self, text: str) -> Named:
        answer = self.answers.get(name_key(text))
        as_settled = self._as_settled(text, answer) if answer is not None else None
        if as_settled is not None:
            return as_settled
        unit = self.names.find(text)
        return Named(text, is_known=False) if unit is None else Named(text, (unit,))

    def _as_settled(self, text: str, answer: Answer) -> Named | None:
        """None where the answer no longer holds, because a unit of it was dissolved: then it is asked again."""
        if answer.group_id is not None:
            group = self.groups.by_id.get(answer.group_id)
            return (
                Named(text, group.unit_ids, True, answer.each)
                if group is not None and group.unit_ids
                else None
            )
        if all(self.units.exists_on(unit, self.day) for unit in answer.unit_ids):
            return Named(text, answer.unit_ids)
        return None
