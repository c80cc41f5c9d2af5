"""What had to be supposed about registered rows, listed so that somebody can look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taizhang.core.wording import Label
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing.report import Report
from taizhang.ledger.importing.rows import ReadRow
from taizhang.ledger.importing.units import RowUnits
from taizhang.org.matching import UnitNames

if TYPE_CHECKING:
    from taizhang.ledger.importing.plan import Table

NEAREST_FOR = 300
"""Unknown spellings that get nearest names; a sheet with more belongs to another tree of units."""

_HIDDEN = Label(
    "隐藏行，已一并登记，请核对是否该报", "a hidden row, registered with the others; please check"
)


class Remarks:
    """Fills `suspicions` (somebody should look) and `notes` (how something was read, once per kind)."""

    def __init__(self, report: Report, names: UnitNames) -> None:
        self._report, self._names = report, names
        self._unknown: dict[str, dict[str, Any]] = {}
        self._notes: dict[tuple[str, str, str], dict[str, Any]] = {}

    def of_row(self, table: Table, row: ReadRow, units: RowUnits) -> bool:
        """List what there is to say about a row; whether somebody should look at it."""
        doubtful = row.hidden or bool(units.unknown)
        if row.hidden:
            self._suspect(table.cell(table.first, row.number), "", _HIDDEN)
        for mapped, remark in row.remarks:
            field = mapped.field.label.text(self._report.language)
            if remark.doubt:
                doubtful = True
                self._suspect(table.cell(mapped.column, row.number), field, remark.message)
            else:
                self._note(table, mapped.column, row.number, field, remark.message)
        for key, name in units.unknown:
            self._unknown_unit(table, row, key, name)
        return doubtful

    def repeated(self, cell: str, first_cell: str) -> None:
        """A row that stands in the file twice."""
        message = Label(
            f"与 {first_cell} 一行完全相同，未重复登记",
            f"the same as the row of {first_cell}; not registered twice",
        )
        self._suspect(cell, "", message)

    def claim_kept(self, table: Table, row: int, why: Label) -> None:
        """A closure claimed before that could not be sent to verification, and stays a claim."""
        message = Label(
            f"未能送核查，仍作历史销号：{why.zh}", f"not sent to verification, still a claim: {why.en}"
        )
        self._note(table, table.first, row, "", message)

    def _suspect(self, cell: str, field: str, message: Label) -> None:
        text = message.text(self._report.language)
        self._report.suspicions.append({"cell": cell, "field": field, "message": text})

    def _note(self, table: Table, column: Column, row: int, field: str, message: Label) -> None:
        text = message.text(self._report.language)
        key = table.name, column.letter, text
        note = self._notes.get(key)
        if note is None:
            note = self._notes[key] = {
                "cell": table.cell(column, row),
                "field": field,
                "message": text,
                "rows": 0,
            }
            self._report.notes.append(note)
        note["rows"] += 1

    def _unknown_unit(self, table: Table, row: ReadRow, key: str, name: str) -> None:
        listed = self._unknown.get(name)
        if listed is None:
            mapped = next(each for each in table.columns.mapped if each.field.key == key)
            nearest = self._names.nearest(name) if len(self._unknown) < NEAREST_FOR else []
            listed = self._unknown[name] = {
                "cell": table.cell(mapped.column, row.number),
                "field": mapped.field.label.text(self._report.language),
                "message": self._unknown_message(name, nearest),
                "text": name,
                "nearest": nearest,
                "rows": 0,
            }
            self._report.suspicions.append(listed)
        listed["rows"] += 1

    def _unknown_message(self, name: str, nearest: list[str]) -> str:
        zh, en = f"单位树里没有“{name}”，按文字登记", f"no unit is called `{name}`; kept as text"
        if nearest:
            zh += f"；是否指：{'、'.join(nearest)}"
            en += f"; perhaps: {', '.join(nearest)}"
        return self._report.word(zh, en)
