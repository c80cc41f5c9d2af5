"""Pre-scan of an `.xlsx` before any parser sees it.

A 5 kB file with one cell at XFD1048576 makes a parser ask for 549 GB and abort the process, and a 4 MB
file can unpack to gigabytes. So every part is unpacked here first, streamed, bounded, and looked at with
byte patterns; sizes a file declares are believed only where they are against it.
"""

import re
from dataclasses import dataclass, field
from typing import BinaryIO

from taizhang.formats.sheet.cells import UNCALCULATED, column_index
from taizhang.formats.sheet.facts import BookFacts, SheetFacts, check_area
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.package import ZIP_ERRORS, Package, linked, named, refuse_entities
from taizhang.formats.sheet.refusals import Corrupt, TooLarge
from taizhang.formats.sheet.signs import BookSigns, SheetSigns, SignFinder

_BOOK = "xl/workbook.xml"
_PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
_PLAIN_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,9})')

# No run of the general patterns passes "<" or ">" and white space is bounded, so none can become quadratic.
_NS = rb"(?:\w{1,32}:)?"
_C_TAG = rb"<" + _NS + rb"c\s[^<>]*?\br\s{0,8}=\s{0,8}[\"']"
_ANY_COLUMN = re.compile(_C_TAG + rb"([A-Za-z]{1,9})")
_ANY_ROW = re.compile(_C_TAG + rb"[A-Za-z]{1,9}(\d{1,9})")
_ROW_TAG = re.compile(rb"<" + _NS + rb"row\b([^<>]*)>")
_COL_TAG = re.compile(rb"<" + _NS + rb"col\b([^<>]*)>")
_HIDDEN = re.compile(rb"\bhidden\s{0,8}=\s{0,8}[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\b(r|min|max)\s{0,8}=\s{0,8}[\"'](\d{1,9})[\"']")
_FORMULA = rb"(?:<" + _NS + rb"f\b[^<>]*/>|<" + _NS + rb"f\b[^<>]*>[^<]*</" + _NS + rb"f>)\s{0,64}"
_REF = rb"[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,9})[\"'][^<>]*>\s{0,64}"
_V = rb"<" + _NS + rb"v"
_ERROR_CELL = re.compile(
    rb"<"
    + _NS
    + rb"c\b(?=[^<>]*\bt=[\"']e[\"'])"
    + _REF
    + rb"(?:"
    + _FORMULA
    + rb")?"
    + _V
    + rb">([^<]{1,32})<"
)
_NO_RESULT = re.compile(
    rb"<" + _NS + rb"c\b(?![^<>]*\bt=[\"']str[\"'])" + _REF + _FORMULA
    + rb"(?:" + _V + rb"\s{0,8}/>|" + _V + rb">\s{0,64}</" + _NS + rb"v>)?\s{0,64}</" + _NS + rb"c>"
)  # fmt: skip


@dataclass(slots=True)
class _Finds:
    """What has been seen of one worksheet so far."""

    name: str
    columns: set[bytes] = field(default_factory=set)
    row: int = 0
    cells: int = 0
    rows_counted: int = 0
    merges: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    error_count: int = 0

    def note_error(self, row: bytes, letters: bytes, code: str) -> None:
        self.error_count += 1
        self.errors.setdefault(int(row), {})[column_index(letters.decode())] = code

    def facts(self, signs: SheetSigns) -> SheetFacts:
        return SheetFacts(frozenset(self.hidden_rows), frozenset(self.hidden_columns), self.errors, signs)


def scan_xlsx(file: BinaryIO, limits: Limits) -> BookFacts:
    """Facts of a workbook. Raises `Corrupt`, `ZipBomb`, `FarCell`, `TooLarge` or `Entities`."""
    try:
        with Package(file) as package:
            package.check(limits)
            return _scan_parts(package, limits)
    except ZIP_ERRORS as error:
        raise Corrupt(detail=f"zip: {error}") from error


def _scan_parts(package: Package, limits: Limits) -> BookFacts:
    date1904, sheets = _read_index(package)
    for part in package.parts.keys() - sheets.keys():
        if part.endswith((".xml", ".rels")):
            for chunk in package.chunks(part):
                refuse_entities(chunk)
    signs = BookSigns(package)
    facts = {
        name: _scan_sheet(package, part, name, limits, signs.finder())
        for part, name in sheets.items()
        if part in package.parts
    }
    return BookFacts(date1904, facts)


def _read_index(package: Package) -> tuple[bool, dict[str, str]]:
    """The date system and {worksheet part in lower case: sheet name}."""
    book, links = package.parse(_BOOK), package.links(_BOOK)
    date1904 = any(node.get("date1904") in ("1", "true") for node in named(book, "workbookPr"))
    sheets = {links.get(linked(node), ("", ""))[1]: node.get("name", "") for node in named(book, "sheet")}
    return date1904, sheets


def _scan_sheet(package: Package, part: str, name: str, limits: Limits, signs: SignFinder) -> SheetFacts:
    finds = _Finds(name)
    for chunk in package.chunks(part, cut=b"<c"):
        if finds.cells == 0:
            refuse_entities(chunk)
        _note_cells(finds, chunk)
        _note_hidden(finds, chunk)
        _note_errors(finds, chunk)
        finds.merges += chunk.count(b"mergeCell ")
        _check_bounds(finds, limits)
        signs.look_at(chunk)
    return finds.facts(signs.signs(part))


def _note_cells(finds: _Finds, chunk: bytes) -> None:
    columns, rows = _PLAIN_COLUMN.findall(chunk), _PLAIN_ROW.findall(chunk)
    if len(columns) != chunk.count(b"<c ") or not columns:
        columns, rows = _ANY_COLUMN.findall(chunk), _ANY_ROW.findall(chunk)
    finds.cells += len(columns)
    finds.columns.update(columns)
    finds.row = max(finds.row, max(map(int, set(rows)), default=0))


def _check_bounds(finds: _Finds, limits: Limits) -> None:
    columns = max((column_index(letters.decode()) for letters in finds.columns), default=0) + 1
    check_area(finds.name, finds.row, columns, finds.cells, limits)
    if finds.merges > limits.merges:
        raise TooLarge(detail=f"{finds.merges} 个合并单元格 / merged cells")
    if finds.error_count > limits.errors:
        raise TooLarge(detail=f"{finds.error_count} 个出错的公式 / failed formulas")


def _note_hidden(finds: _Finds, chunk: bytes) -> None:
    if b"hidden" not in chunk:
        finds.rows_counted += chunk.count(b"<row")
        return
    for tag in _ROW_TAG.findall(chunk):
        finds.rows_counted += 1
        if _HIDDEN.search(tag):
            finds.hidden_rows.add(_numbers(tag).get(b"r", finds.rows_counted))
    for tag in _COL_TAG.findall(chunk):
        numbers = _numbers(tag)
        if _HIDDEN.search(tag) and b"min" in numbers and b"max" in numbers:
            finds.hidden_columns.update(range(numbers[b"min"] - 1, min(numbers[b"max"], 16384)))


def _numbers(tag: bytes) -> dict[bytes, int]:
    return {key: int(value) for key, value in _NUMBER.findall(tag)}


def _note_errors(finds: _Finds, chunk: bytes) -> None:
    if b't="e"' in chunk or b"t='e'" in chunk:
        for letters, row, code in _ERROR_CELL.findall(chunk):
            finds.note_error(row, letters, code.decode("ascii", "replace"))
    if b"<f" in chunk or b":f" in chunk:
        for letters, row in _NO_RESULT.findall(chunk):
            finds.note_error(row, letters, UNCALCULATED)
