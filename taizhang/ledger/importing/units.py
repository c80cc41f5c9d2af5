"""From the unit names a sheet writes to units, and the names nobody here bears."""

from __future__ import annotations

from dataclasses import dataclass

from taizhang.core.playbook import Playbook
from taizhang.core.values import Value
from taizhang.ledger.importing.rows import ReadRow
from taizhang.org.cell_units import CellReader, CellUnits, cell_units


@dataclass(frozen=True, slots=True)
class RowUnits:
    """Who answers for a row and who helps; with `each`, the row becomes one entry for each of these units.

    `unknown` are (field key, name); `cells` what each filled cell says, by field key.
    """

    lead: int | None
    assisting: tuple[int, ...]
    each: tuple[int, ...]
    unknown: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, CellUnits], ...]


class UnitFinder:
    """Finds the units of rows; each spelling is looked up once."""

    def __init__(self, playbook: Playbook) -> None:
        self.reader = CellReader.load()
        lead, assisting = (
            playbook.field_standing_for("lead_unit"),
            playbook.field_standing_for("assisting_units"),
        )
        self._lead = lead.key if lead is not None else ""
        self._assisting = assisting.key if assisting is not None else ""
        self._found: dict[Value, CellUnits] = {}

    def of(self, row: ReadRow) -> RowUnits:
        """Several units in the cell of the lead unit: the one marked as leading, else the first, leads."""
        leading, helping = self._named(row, self._lead), self._named(row, self._assisting)
        apart = {leading.lead, *leading.each}
        helpers = (*leading.assisting, *(unit for one in helping.named for unit in one.unit_ids))
        cells = ((self._lead, leading), (self._assisting, helping))
        return RowUnits(
            leading.lead,
            tuple(dict.fromkeys(unit for unit in helpers if unit not in apart)),
            leading.each,
            tuple((key, name) for key, cell in cells for name in cell.unknown),
            tuple((key, cell) for key, cell in cells if cell.named),
        )

    def _named(self, row: ReadRow, key: str) -> CellUnits:
        value = row.fields.get(key)
        if value is None:
            return _NONE
        found = self._found.get(value)
        if found is None:
            found = self._found[value] = self._look_up(value)
        return found

    def _look_up(self, value: Value) -> CellUnits:
        if not isinstance(value, tuple):
            return self.reader.read(str(value))
        return cell_units(one for text in value for one in self.reader.read(text).named)


_NONE = CellUnits()
