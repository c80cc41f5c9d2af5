"""Rows of a sheet read into field values: one reader per column, made once per sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from unicodedata import normalize

from taizhang.core.field_readers import MOST_SHORT, shown, too_long
from taizhang.core.fields import imprecise, parse
from taizhang.core.parsed import FieldError, Parsed, Remark, Scalar
from taizhang.core.playbook import Field, Playbook
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label
from taizhang.formats.sheet.book import Sheet
from taizhang.formats.sheet.cells import UNCALCULATED, Cell, CellError
from taizhang.formats.sheet.grid import Column, Row
from taizhang.formats.sheet.signs import Signs
from taizhang.ledger.importing.mapping import ColumnMap, Mapped, needed
from taizhang.ledger.importing.marks import Mark, marks_of
from taizhang.ledger.importing.personal import without_numbers_in

REMEMBERED = 5_000
"""Different contents a column's reader keeps the reading of; sheets repeat themselves."""
_LONGEST_REMEMBERED = 40

_NOT_CALCULATED = FieldError(
    "not_calculated",
    Label(
        "单元格里的公式没有算出结果；请用 WPS 或 Excel 打开、保存后再导入",
        "the formula in this cell was never worked out; open and save the file first",
    ),
)


@dataclass(slots=True)
class ReadCell:
    """A filled cell as its field reads it: `plain` as compared, `said` what was written beside the value."""

    value: Value | None
    plain: str
    said: str = ""
    remarks: tuple[Remark, ...] = ()
    error: FieldError | None = None


@dataclass(slots=True)
class ReadRow:
    """One data row. `plains` holds the compared content by field key, `others` that of unmapped columns."""

    number: int
    hidden: bool
    fields: dict[str, Value] = field(default_factory=dict)
    plains: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    said: list[tuple[Mapped, str]] = field(default_factory=list)
    remarks: list[tuple[Mapped, Remark]] = field(default_factory=list)
    errors: list[tuple[Mapped, Label]] = field(default_factory=list)
    own_number: str = ""
    signs: Signs | None = None
    marks: tuple[Mark, ...] = ()


class CellReader(dict[object, ReadCell]):
    """Reads the cells of one column: by the text, or by (class, value) for what is no text.

    The same short content is parsed once. A dict that fills itself, because a million calls of a
    method to find something known would cost more than all parsing.
    """

    def __init__(self, item: Field, today: date, *, date1904: bool, may_number: bool) -> None:
        super().__init__()
        self._field, self._today, self._date1904, self._may_number = item, today, date1904, may_number

    def __missing__(self, key: object) -> ReadCell:
        cell: Cell = key[1] if isinstance(key, tuple) else key  # type: ignore[assignment]
        read = self._read(cell)
        if isinstance(cell, str) and len(cell) > _LONGEST_REMEMBERED:
            return read
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = read
        return read

    def _read(self, cell: Cell) -> ReadCell:
        if isinstance(cell, CellError) and cell.code == UNCALCULATED:
            return ReadCell(None, "", error=_NOT_CALCULATED)
        cell, unsaid = (cell, ()) if self._may_number else without_numbers_in(cell)
        answer = parse(self._field, as_raw(cell), today=self._today, date1904=self._date1904)
        if isinstance(answer, FieldError):
            return ReadCell(None, "", error=answer)
        if unsaid:
            answer = replace(answer, remarks=(*answer.remarks, *unsaid))
        plain = squeezed(_content(answer))
        if answer.value is None and self._field.kind in ("date", "datetime") and (text := _kept_text(answer)):
            return _words_for_a_day(text, plain, answer.remarks)
        return ReadCell(answer.value, plain, _kept_text(answer), answer.remarks)


def _words_for_a_day(text: str, plain: str, remarks: tuple[Remark, ...]) -> ReadCell:
    """`立行立改` where a date is asked for: kept by the field as words, and asked about."""
    error = too_long(text, MOST_SHORT - 1)
    return ReadCell(None, "", error=error) if error else ReadCell(imprecise(text), plain, "", remarks)


def as_raw(cell: Cell) -> Scalar:
    """A cell as the validator takes it: failed formulas and clock times by their text."""
    return str(cell) if isinstance(cell, CellError | time) else cell


def squeezed(text: str) -> str:
    """Text as contents are compared: half-width, no white space."""
    return "".join(text.split()) if text.isascii() else "".join(normalize("NFKC", text).split())


def _content(answer: Parsed) -> str:
    value = answer.value
    if value is None or isinstance(value, SealedRef):
        return answer.text
    text = "、".join(value) if isinstance(value, tuple) else str(value)
    return f"{text}|{answer.text}" if answer.text else text


def _kept_text(answer: Parsed) -> str:
    """What was written and the value does not say; a mere mark of emptiness says nothing."""
    if answer.text == answer.value or any(remark.code == "read_as_empty" for remark in answer.remarks):
        return ""
    return answer.text


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(self, sheet: Sheet, columns: ColumnMap, playbook: Playbook, today: date) -> None:
        self._columns = [
            (
                each,
                each.field.key,
                each.column.index,
                CellReader(each.field, today, date1904=sheet.date1904, may_number=_may_number(each, columns)),
            )
            for each in columns.mapped
        ]
        self._labels = [column.label for column in sheet.columns]
        self._others = [each.column.index for each in columns.aside]
        self._number = columns.own_number.index if columns.own_number is not None else None
        wanted = {item.key: item for item in needed(playbook)}
        self._needed = [each for each in columns.mapped if each.field.key in wanted]
        self._keys = frozenset(playbook.sheet.key)

    def read(self, row: Row) -> ReadRow:
        cells = row.cells
        read = ReadRow(row.number, row.hidden)
        if row.signs is not None:
            read.signs, read.marks = row.signs, marks_of(row.signs, cells, self._labels)
        fields, plains = read.fields, read.plains
        for mapped, key, index, reader in self._columns:
            cell = cells[index]
            if cell is None:
                continue
            # 1, 1.0 and true are equal and yet read differently.
            found = reader[cell if cell.__class__ is str else (cell.__class__, cell)]
            if found.value is not None:
                fields[key] = found.value
            plains[key] = found.plain
            if found.error is not None:
                read.errors.append((mapped, found.error.message))
            elif found.remarks or found.said:
                self._note(read, mapped, found)
        read.others = self._plain(cells, self._others)
        if self._number is not None:
            read.own_number = "".join(self._plain(cells, [self._number]))
        self._check_needed(read)
        return read

    def _note(self, read: ReadRow, mapped: Mapped, found: ReadCell) -> None:
        read.remarks += [(mapped, remark) for remark in found.remarks]
        if found.said and not mapped.field.is_sealed:
            read.said.append((mapped, found.said))

    def _plain(self, cells: Sequence[Cell], places: Sequence[int]) -> list[str]:
        return [squeezed(shown(as_raw(cells[place]))) for place in places if cells[place] is not None]

    def _check_needed(self, read: ReadRow) -> None:
        for mapped in self._needed:
            key = mapped.field.key
            if key in read.fields or any(mapped is other for other, _ in read.errors):
                continue
            said = next((text for other, text in read.said if other is mapped), "")
            if mapped.field.required or not said:
                read.errors.append((mapped, _needed_message(key in self._keys, said)))


def _may_number(mapped: Mapped, columns: ColumnMap) -> bool:
    """Whether identity numbers stay: in a column taken for a reason, and in what somebody wrote in his own
    words, which is sealed whole."""
    item = mapped.field
    return mapped.column.index in columns.admitted or (item.is_sealed and item.kind == "longtext")


def _needed_message(is_key: bool, said: str) -> Label:
    if said:
        return Label(f"必填，“{said[:50]}”不能算作填写", f"required, and `{said[:50]}` does not fill it")
    if is_key:
        return Label("这一列用来识别各行，不能为空", "rows are known by this column; it must not be empty")
    return Label("必填，表里没有填", "required, and empty in the sheet")


def columns_of(columns: ColumnMap) -> list[Column]:
    """Every column of the sheet, in its order."""
    own = [columns.own_number] if columns.own_number is not None else []
    mapped, aside = (each.column for each in columns.mapped), (each.column for each in columns.aside)
    found = [*mapped, *aside, *columns.serials, *own]
    return sorted(found, key=lambda column: column.index)
