"""From the unit names a sheet writes to units, and the names nobody here bears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.core.playbook import Playbook
from taizhang.core.values import Value
from taizhang.ledger.importing.rows import ReadRow
from taizhang.org.matching import UnitNames, split_units


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """The units of one cell in their order, and the names that stand for none."""

    ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowUnits:
    """Who answers for a row and who helps; `unknown` are (field key, name)."""

    lead: int | None
    assisting: tuple[int, ...]
    unknown: tuple[tuple[str, str], ...]


class UnitFinder:
    """Finds the units of rows; each spelling is looked up once."""

    def __init__(self, playbook: Playbook) -> None:
        self.names = UnitNames.load()
        lead, assisting = (
            playbook.field_standing_for("lead_unit"),
            playbook.field_standing_for("assisting_units"),
        )
        self._lead = lead.key if lead is not None else ""
        self._assisting = assisting.key if assisting is not None else ""
        self._found: dict[Value, NamedUnits] = {}

    def of(self, row: ReadRow) -> RowUnits:
        """Several units in the cell of the lead unit: the one marked as leading, else the first, leads."""
        leading, helping = self._named(row, self._lead), self._named(row, self._assisting)
        units = tuple(dict.fromkeys((*leading.ids, *helping.ids)))
        lead = leading.ids[0] if leading.ids else None
        unknown = [(self._lead, name) for name in leading.unknown]
        unknown += [(self._assisting, name) for name in helping.unknown]
        return RowUnits(lead, tuple(unit for unit in units if unit != lead), tuple(unknown))

    def _named(self, row: ReadRow, key: str) -> NamedUnits:
        value = row.fields.get(key)
        if value is None:
            return _NONE
        found = self._found.get(value)
        if found is None:
            found = self._found[value] = self._look_up(value)
        return found

    def _look_up(self, value: Value) -> NamedUnits:
        texts = value if isinstance(value, tuple) else (str(value),)
        found = [(name, self.names.find(name)) for text in texts for name in self._single(text)]
        ids = dict.fromkeys(unit for _, unit in found if unit is not None)
        return NamedUnits(tuple(ids), tuple(dict.fromkeys(name for name, unit in found if unit is None)))

    def _single(self, text: str) -> Iterator[str]:
        """A name that holds a separator itself counts whole."""
        if self.names.find(text) is not None:
            yield text
        else:
            yield from split_units(text) or [text]


_NONE = NamedUnits()
