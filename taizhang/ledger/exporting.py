"""A ledger into a sheet: the rows somebody may see, in the columns of the sheet that came in.

Sealed values stay sealed; nothing turns into a formula, and numbers that name something stay text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from taizhang.core.actor import Agent
from taizhang.core.fields import format_value, is_imprecise
from taizhang.core.playbook import Field, Playbook
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Language
from taizhang.formats.sheet.cells import EXACT_DIGITS, Cell
from taizhang.formats.sheet.write import Kind, OutColumn, OutSheet, write_sheet
from taizhang.ledger import ledgers, queries
from taizhang.ledger.queries import Filters, Listed
from taizhang.ledger.sheet_columns import OWN_NUMBER, OWN_STAGE, SheetColumn, remembered_columns
from taizhang.ledger.visibility import scope_of
from taizhang.ledger.whole_file import whole_file
from taizhang.org.cell_units import CellReader
from taizhang.org.sites import the_site

_KINDS: dict[str, Kind] = {
    "longtext": "text",
    "number": "number",
    "money": "number",
    "date": "date",
    "datetime": "datetime",
}
_WIDTHS: dict[str, float] = {"longtext": 40, "date": 12, "datetime": 18, "number": 12, "money": 12}
_SERIAL_WIDTH = 6
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("[]:*?/\\", "（）：＊？／＼")

_SEALED = SealedRef(UUID(int=0), "")

CellOf = Callable[[int, Listed], Cell]
"""From the row's place (from 1) and the entry to a cell."""


@dataclass(frozen=True, slots=True)
class _Column:
    out: OutColumn
    cell: CellOf


def export_ledger(
    ledger: ledgers.OpenLedger,
    agent: Agent,
    target: Path,
    language: Language = "zh",
    filters: Filters | None = None,
) -> int:
    """Write what the agent may see (and `filters` ask for) to an `.xlsx` file; the number of rows.

    Raises `write.TooManyRows`.
    """
    site = the_site()
    playbook = ledgers.playbook(ledger.playbook_sha)
    title, remembered = remembered_columns(site.id, ledger.ledger_id)
    columns = _Columns(playbook, language).of(remembered)
    sheet = OutSheet(
        name=ledger.name.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME].strip("'") or "Sheet1",
        columns=[column.out for column in columns],
        title=title or ledger.name,
        language=language,
        paper=site.paper,
    )
    entries = queries.each(site.id, scope_of(agent), filters or Filters(ledger.ledger_id))
    with whole_file(target) as file:
        return write_sheet(file, sheet, _rows(columns, entries))


def _rows(columns: Sequence[_Column], entries: Iterator[Listed]) -> Iterator[list[Cell]]:
    for place, entry in enumerate(entries, 1):
        yield [column.cell(place, entry) for column in columns]


class _Columns:
    """The columns of one export, each with how it is filled."""

    def __init__(self, playbook: Playbook, language: Language) -> None:
        self._playbook, self._language = playbook, language
        self._reader = CellReader.load()

    def of(self, remembered: Sequence[SheetColumn]) -> list[_Column]:
        """As the imported sheet had them, else the playbook's fields; then number and stage."""
        given = remembered or [
            SheetColumn(f.label.text(self._language), f.key) for f in self._playbook.fields
        ]
        own = [
            _Column(OutColumn(OWN_NUMBER.text(self._language), "id"), lambda _, entry: entry.number),
            _Column(OutColumn(OWN_STAGE.text(self._language)), lambda _, entry: self._stage(entry)),
        ]
        taken = {column.label for column in given}
        return [*map(self._column, given), *(column for column in own if column.out.label not in taken)]

    def _column(self, column: SheetColumn) -> _Column:
        if column.is_serial:
            return _Column(OutColumn(column.label, "number", _SERIAL_WIDTH), lambda place, _: place)
        field = self._playbook.field_of.get(column.field)
        if field is None:
            return _Column(OutColumn(column.label), lambda *_: None)
        out = OutColumn(column.label, _KINDS.get(field.kind, "id"), _WIDTHS.get(field.kind, 16))
        return _Column(out, self._filling(field))

    def _filling(self, field: Field) -> CellOf:
        match field.stands_for:
            case "lead_unit":
                return lambda _, entry: self._lead_unit(field, entry)
            case "due_on":
                return lambda _, entry: entry.due_on or self._cell(field, entry)
            case _:
                return lambda _, entry: self._cell(field, entry)

    def _stage(self, entry: Listed) -> str:
        return ledgers.playbook(entry.playbook_sha).stage_label(entry.stage).text(self._language)

    def _lead_unit(self, field: Field, entry: Listed) -> Cell:
        """The unit's name as the sheet wrote it, unless another unit leads by now, or each of several its own entry."""
        written = self._cell(field, entry)
        unit = entry.lead_unit_id
        if unit is None or (isinstance(written, str) and self._names_unit(written, unit)):
            return written
        names = self._reader.names
        return names.label(unit) if unit in names.units else written

    def _names_unit(self, text: str, unit: int) -> bool:
        return any(unit in one.unit_ids and not one.each for one in self._reader.read(text).named)

    def _cell(self, field: Field, entry: Listed) -> Cell:
        return as_cell(field, _value(entry.fields.get(field.key)), self._language)


def _value(raw: object) -> Value | None:
    """A field as the projection holds it; a reference to a sealed value only says that there is one."""
    if isinstance(raw, dict):
        return _SEALED
    if isinstance(raw, list):
        return tuple(map(str, raw))
    return raw if isinstance(raw, str | int) else None


def as_cell(field: Field, value: Value | None, language: Language) -> Cell:
    """A value as a cell: dates as dates, exact numbers as numbers, everything else as text."""
    if value is None or not isinstance(value, str):
        return None if value is None else format_value(field, value, language)
    match field.kind:
        case "date" if not is_imprecise(value):
            return date.fromisoformat(value)
        case "datetime" if not is_imprecise(value):
            return datetime.fromisoformat(value)
        case "number" | "money" if sum(map(str.isdigit, value)) <= EXACT_DIGITS:
            return float(value) if "." in value else int(value)
        case "number" | "money":
            return value
        case _:
            return format_value(field, value, language)
