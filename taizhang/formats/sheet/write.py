"""Writing `.xlsx` as offices print it: title, filled-in line, header, data, `共 N 条`; rows stream to disk.

Text never turns into a formula or a link, identity numbers stay text, and a cell too long for Excel goes on
in a second sheet and says so: nothing is cut.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.cells import EXACT_DIGITS, Cell

Kind = Literal["text", "id", "number", "date", "datetime"]

LONGEST_TEXT = 32_767
"""UTF-16 units Excel keeps in one cell."""
_PIECE = 32_000
MOST_ROWS = 1_048_576
_FIRST_DAY = date(1900, 3, 1)
_OVERFLOW_SHEET = Label("超长文本", "Long texts")
_OVERFLOW_HEAD = (
    Label("工作表行号", "Row of the sheet"),
    Label("列", "Column"),
    Label("第几段", "Part"),
    Label("文字", "Text"),
)
_GOES_ON = Label(
    "〔本格文字过长，其余 {count} 段见“{sheet}”表第 {row} 行起〕",
    "[Too long for a cell: the other {count} parts are in the sheet “{sheet}” from row {row} on]",
)
_COUNT = Label("共 {count} 条", "{count} in all")
_PAGES = Label("&C第 &P 页 共 &N 页", "&CPage &P of &N")
_COLON = Label("：", ": ")
_YES_NO = (Label("否", "no"), Label("是", "yes"))
_REASON = Label("原因", "Reason")
_PAPERS = {"Letter": 1, "A3": 8, "A4": 9}
"""The numbers Excel knows paper by."""
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FONTS: dict[Language, tuple[str, str]] = {"zh": ("宋体", "黑体"), "en": ("Calibri", "Calibri")}
"""Of the table and of its title."""
_CELL = {"font_size": 11, "border": 1, "text_wrap": True, "valign": "vcenter"}


class TooManyRows(Exception):
    """A sheet holds 1,048,576 rows. 一张工作表最多 1,048,576 行，请缩小范围分几次导出。"""


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to write. `above`: the labels over it, topmost first; `width` in half-width characters."""

    label: str
    kind: Kind = "text"
    width: float = 16
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """A header label over an area; rows count from the header's first."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


@dataclass(frozen=True, slots=True)
class OutSheet:
    """What stands around the rows. `meta` is one line of `标签：值`; `count` closes with `共 N 条`.

    `language` is that of the words around the rows, `paper` what it is printed on.
    """

    name: str
    columns: Sequence[OutColumn]
    title: str = ""
    meta: Mapping[str, str] | None = None
    count: bool = True
    language: Language = "zh"
    paper: str = "A4"


def write_sheet(target: Path | BinaryIO, sheet: OutSheet, rows: Iterable[Sequence[Cell]]) -> int:
    """Write one sheet and return the number of rows written.

    Each row gives one cell per column. Memory stays flat for any number of rows; past what a sheet holds it
    raises TooManyRows, past the columns ValueError, and nothing is left at `target` if it is a path.
    """
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), dict(_OPTIONS))
    try:
        count = _Writer(book, sheet).write(rows)
    except BaseException:
        _discard(book)
        raise
    book.close()
    return count


def write_returned(
    target: Path | BinaryIO,
    name: str,
    labels: Sequence[str],
    rows: Iterable[tuple[Sequence[Cell], str]],
    language: Language = "zh",
) -> int:
    """The rows given back to their sender: the original columns and, last, why each was not taken."""
    columns = [OutColumn(text) for text in labels] + [
        OutColumn(_free(_REASON.text(language), labels), width=40)
    ]
    flat = ([*cells, reason] for cells, reason in rows)
    return write_sheet(target, OutSheet(name, columns, count=False, language=language), flat)


def _free(text: str, taken: Sequence[str]) -> str:
    name, n = text, 1
    while name in taken:
        n += 1
        name = f"{text}({n})"
    return name


def _discard(book: xlsxwriter.Workbook) -> None:
    """Drop a half-written workbook with the temporary files its rows went to; `close` would finish it."""
    for worksheet in book.worksheets():
        if worksheet.row_data_fh is not None:
            worksheet.row_data_fh.close()
            Path(worksheet.row_data_filename).unlink(missing_ok=True)
    book.fileclosed = True


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, sheet: OutSheet) -> None:
        self._book, self._spec = book, sheet
        self._sheet: Worksheet = book.add_worksheet(sheet.name)
        self._overflow: Worksheet | None = None
        self._overflow_row = 1
        self._row = 0
        self._last = max(0, len(sheet.columns) - 1)
        font, self._title_font = _FONTS[sheet.language]
        cell = {**_CELL, "font_name": font}
        self._plain = book.add_format({"font_name": font, "font_size": 11})
        self._head = book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
        self._formats = {
            "text": book.add_format(cell),
            "id": book.add_format({**cell, "num_format": "@"}),
            "number": book.add_format(cell),
            "date": book.add_format({**cell, "num_format": "yyyy-mm-dd", "align": "center"}),
            "datetime": book.add_format({**cell, "num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
            "time": book.add_format({**cell, "num_format": "hh:mm:ss", "align": "center"}),
        }

    def write(self, rows: Iterable[Sequence[Cell]]) -> int:
        self._widths()
        self._write_above()
        header = self._row
        self._write_header()
        self._print_setup(header)
        count = 0
        for cells in rows:
            self._write_row(cells)
            count += 1
        if self._spec.count:
            self._line(self._word(_COUNT).format(count=count), self._plain)
        return count

    def _word(self, label: Label) -> str:
        return label.text(self._spec.language)

    def _widths(self) -> None:
        for index, column in enumerate(self._spec.columns):
            self._sheet.set_column(index, index, column.width)

    def _write_above(self) -> None:
        if self._spec.title:
            style = {"font_name": self._title_font, "font_size": 18, "align": "center", "valign": "vcenter"}
            self._sheet.set_row(self._row, 32)
            self._line(self._spec.title, self._book.add_format(style), merged=True)
        if self._spec.meta:
            colon = self._word(_COLON)
            line = "    ".join(f"{name}{colon}{value}" for name, value in self._spec.meta.items())
            self._line(line, self._plain, merged=True)

    def _line(self, text: str, style: Format, *, merged: bool = False) -> None:
        self._sheet.write_string(self._row, 0, text, style)
        if merged and self._last:
            self._merge(self._row, 0, self._row, self._last)
        self._row += 1

    def _write_header(self) -> None:
        depth, blocks = _header_blocks(self._spec.columns)
        texts = {(block.top, block.left): block.text for block in blocks}
        for level in range(depth):
            for column in range(len(self._spec.columns)):
                if text := texts.get((level, column)):
                    self._sheet.write_string(self._row + level, column, text, self._head)
                else:
                    self._sheet.write_blank(self._row + level, column, None, self._head)
        for block in blocks:
            if (block.top, block.left) != (block.bottom, block.right):
                top, bottom = self._row + block.top, self._row + block.bottom
                self._merge(top, block.left, bottom, block.right)
        self._row += depth

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Record a merge over cells written apart.

        `merge_range` writes its cells itself, and in constant memory drops every merge that begins in a row
        already left: a header of two rows would keep only its first vertical merge.
        """
        self._sheet.merge.append([top, left, bottom, right])

    def _print_setup(self, header: int) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(_PAPERS[self._spec.paper])
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(self._word(_PAGES))
        sheet.freeze_panes(self._row, 0)
        sheet.repeat_rows(header, self._row - 1)

    def _write_row(self, cells: Sequence[Cell]) -> None:
        if len(cells) != len(self._spec.columns):
            raise ValueError(f"{len(cells)} cells for {len(self._spec.columns)} columns")
        if self._row >= MOST_ROWS - 1:
            raise TooManyRows(TooManyRows.__doc__)
        for index, (cell, column) in enumerate(zip(cells, self._spec.columns, strict=True)):
            self._write_cell(index, cell, column)
        self._row += 1

    def _write_cell(self, index: int, cell: Cell, column: OutColumn) -> None:
        row, sheet, style = self._row, self._sheet, self._formats[column.kind]
        if cell is None or cell == "":
            sheet.write_blank(row, index, None, style)
        elif isinstance(cell, str):
            sheet.write_string(row, index, self._fitting(index, cell), style)
        elif isinstance(cell, bool):
            sheet.write_string(row, index, self._word(_YES_NO[cell]), style)
        elif isinstance(cell, int | float) and column.kind != "id" and abs(cell) < 10**EXACT_DIGITS:
            sheet.write_number(row, index, cell, style)
        elif isinstance(cell, date | time) and _is_storable(cell):
            sheet.write_datetime(row, index, _naive(cell), self._date_format(cell, column))
        else:
            text = cell.isoformat() if isinstance(cell, date | time) else str(cell)
            sheet.write_string(row, index, text, style)

    def _date_format(self, cell: date | time, column: OutColumn) -> Format:
        if isinstance(cell, time):
            return self._formats["time"]
        exact = isinstance(cell, datetime) and column.kind != "date"
        return self._formats["datetime" if exact else "date"]

    def _fitting(self, index: int, text: str) -> str:
        """The text itself, or its first part with a word on where the rest stands."""
        if len(text) * 2 <= LONGEST_TEXT or _units(text) <= LONGEST_TEXT:
            return text
        if self._overflow is None:
            self._overflow = self._book.add_worksheet(self._word(_OVERFLOW_SHEET))
            self._overflow.write_row(0, 0, list(map(self._word, _OVERFLOW_HEAD)), self._head)
            self._overflow.set_column(3, 3, 100)
        pieces = list(_pieces(text))
        begins = self._overflow_row + 1
        for number, piece in enumerate(pieces[1:], 2):
            line = [str(self._row + 1), self._spec.columns[index].label, f"{number}/{len(pieces)}", piece]
            for column, value in enumerate(line):
                self._overflow.write_string(self._overflow_row, column, value, self._formats["text"])
            self._overflow_row += 1
        sheet = self._word(_OVERFLOW_SHEET)
        goes_on = self._word(_GOES_ON).format(count=len(pieces) - 1, sheet=sheet, row=begins)
        return f"{pieces[0]}\n{goes_on}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(text: str) -> Iterator[str]:
    """Parts that fit a cell each; a character outside the basic plane counts as two units."""
    start, units = 0, 0
    for at, character in enumerate(text):
        size = 2 if ord(character) > 0xFFFF else 1
        if units + size > _PIECE:
            yield text[start:at]
            start, units = at, 0
        units += size
    yield text[start:]


def _is_storable(cell: date | time) -> bool:
    """Excel counts days from 1900 and believes in 29 February 1900; earlier days are written as text."""
    if isinstance(cell, time):
        return True
    return (cell.date() if isinstance(cell, datetime) else cell) >= _FIRST_DAY


def _naive(cell: date | time) -> date | time:
    return cell.replace(tzinfo=None) if isinstance(cell, datetime | time) else cell


def _header_blocks(columns: Sequence[OutColumn]) -> tuple[int, list[_Block]]:
    """How deep the header is and where its labels stand: upper ones over neighbours, others to its foot."""
    paths = [(*column.above, column.label) for column in columns]
    depth = max(map(len, paths), default=1)
    blocks = []
    for level in range(depth):
        left = 0
        while left < len(paths):
            path, right = paths[left], left
            is_upper = len(path) > level + 1
            while is_upper and right + 1 < len(paths) and paths[right + 1][: level + 1] == path[: level + 1]:
                if len(paths[right + 1]) == level + 1:
                    break
                right += 1
            if level < len(path):
                blocks.append(_Block(level, left, level if is_upper else depth - 1, right, path[level]))
            left = right + 1
    return depth, blocks
