"""What had to be supposed about registered rows, listed so that somebody can look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from taizhang.core.playbook import Playbook
from taizhang.core.wording import Label
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing.hanging import KNOWN_ROW
from taizhang.ledger.importing.report import Report
from taizhang.ledger.importing.rows import ReadRow
from taizhang.ledger.importing.units import RowUnits
from taizhang.org.cell_units import CellUnits
from taizhang.org.matching import UnitNames

if TYPE_CHECKING:
    from taizhang.ledger.importing.plan import Table

NEAREST_FOR = 2_000
"""Unknown spellings that get nearest names; a sheet with more belongs to another tree of units."""
NAMED = 5
"""Units of a cell that are named one by one; of more their number is told."""
_LONGEST_EXAMPLE = 60

_HIDDEN = Label(
    "隐藏行，已一并登记，请核对是否该报", "a hidden row, registered with the others; please check"
)


class Remarks:
    """Fills `suspicions` (somebody should look) and `notes` (how something was read, once per kind)."""

    def __init__(self, report: Report, names: UnitNames, playbook: Playbook) -> None:
        self._report, self._names = report, names
        title = playbook.field_standing_for("title")
        self._title = title.key if title is not None and not title.is_sealed else ""
        self._unknown: dict[str, dict[str, Any]] = {}
        self._several: dict[tuple[str, str], dict[str, Any]] = {}
        self._notes: dict[tuple[str, str, str], dict[str, Any]] = {}

    def of_row(self, table: Table, row: ReadRow, units: RowUnits, doubt: Label | None = None) -> bool:
        """List what there is to say about a row; whether somebody should look at it."""
        doubtful = row.hidden or bool(units.unknown) or doubt is not None
        if doubt is not None:
            self._suspect(table.cell(table.first, row.number), "", doubt)
        if row.hidden:
            self._suspect(table.cell(table.first, row.number), "", _HIDDEN)
        for mapped, remark in row.remarks:
            field = mapped.field.label.text(self._report.language)
            if remark.code == "several_units":
                doubtful = True  # listed once for each content, with who leads
            elif remark.doubt:
                doubtful = True
                self._suspect(table.cell(mapped.column, row.number), field, remark.message)
            else:
                self._note(table, mapped.column, row.number, field, remark.message)
        for key, name in units.unknown:
            self._unknown_unit(table, row, key, name)
        for key, cell in units.cells:
            if not cell.is_plain:
                self._several_units(table, row, key, cell)
        return doubtful

    def missing(self, table: Table, row: ReadRow, units: Sequence[int]) -> None:
        """A row known already as an entry each for several units, among which these are not."""
        if units:
            names = self._joined(map(self._names.label, units))
            message = Label(
                f"这一行以前已按组各登一条，没有 {names} 的条目，未补登；需要的请手工登记",
                f"registered before for each unit of its group, though not for {names}; nothing was added, register"
                " it by hand where needed",
            )
            self._note(table, table.first, row.number, "", message)

    def repeated(self, cell: str, first_cell: str) -> None:
        """A row that stands in the file twice."""
        message = Label(
            f"与 {first_cell} 一行完全相同，未重复登记",
            f"the same as the row of {first_cell}; not registered twice",
        )
        self._suspect(cell, "", message)

    def of_known_row(self, table: Table, row: int) -> None:
        """A row that was registered before, and has comments or pictures."""
        self._note(table, table.first, row, "", KNOWN_ROW)

    def not_taken(self, cell: str, why: Label) -> None:
        """A comment or picture that does not come in."""
        self._suspect(cell, "", why)

    def picture_refused(self, table: Table, row: int, why: Label) -> None:
        """A picture the ledger did not take as evidence."""
        message = Label(f"图片没有登记：{why.zh}", f"a picture was not registered: {why.en}")
        self._suspect(table.cell(table.first, row), "", message)

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
                "example": str(row.fields.get(self._title, ""))[:_LONGEST_EXAMPLE],
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

    def _several_units(self, table: Table, row: ReadRow, key: str, cell: CellUnits) -> None:
        """Who leads and who assists, said once for each content of a cell."""
        text = self._joined(one.text for one in cell.named)
        listed = self._several.get((key, text))
        if listed is None:
            mapped = next(each for each in table.columns.mapped if each.field.key == key)
            is_lead = mapped.field.stands_for == "lead_unit"
            message = self._shares(text, cell) if is_lead else self._helpers(text, cell)
            listed = self._several[key, text] = {
                "cell": table.cell(mapped.column, row.number),
                "field": mapped.field.label.text(self._report.language),
                "message": message.text(self._report.language),
                "rows": 0,
            }
            self._report.several.append(listed)
        listed["rows"] += 1

    def _shares(self, text: str, cell: CellUnits) -> Label:
        parts = []
        if cell.each:
            count, names = len(cell.each), self._listed(cell.each)
            parts.append(
                Label(
                    f"每个单位一条，共 {count} 条：{names.zh}",
                    f"an entry for each of {count} units: {names.en}",
                )
            )
        else:
            lead = self._names.label(cell.lead) if cell.lead is not None else ""
            parts.append(
                Label(f"牵头 {lead}", f"{lead} leads") if lead else Label("没有牵头单位", "nobody leads")
            )
        if cell.assisting:
            names = self._listed(cell.assisting)
            parts.append(Label(f"协办 {names.zh}", f"{names.en} assist"))
        if cell.unknown:
            unknown = self._joined(cell.unknown)
            parts.append(Label(f"不认得 {unknown}", f"not known: {unknown}"))
        return Label(
            f"“{text}”：" + "；".join(part.zh for part in parts),
            f"`{text}`: " + "; ".join(part.en for part in parts),
        )

    def _helpers(self, text: str, cell: CellUnits) -> Label:
        names = self._listed([unit for one in cell.named for unit in one.unit_ids])
        return Label(f"“{text}”：协办 {names.zh or '（无）'}", f"`{text}`: {names.en or 'nobody'} assist")

    def _joined(self, words: Iterable[str]) -> str:
        return self._report.word("、", ", ").join(words)

    def _listed(self, units: Iterable[int]) -> Label:
        names = [self._names.label(unit) for unit in dict.fromkeys(units)]
        shown = self._joined(names[:NAMED])
        if len(names) <= NAMED:
            return Label(shown, shown)
        return Label(f"{shown}等 {len(names)} 个单位", f"{shown} and others, {len(names)} in all")
