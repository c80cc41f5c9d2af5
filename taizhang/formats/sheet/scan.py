"""Pre-scan of an `.xlsx` before any parser sees it.

A 5 kB file with one cell at XFD1048576 makes a parser ask for 549 GB and abort the process, and a 4 MB
file can unpack to gigabytes. So every part is unpacked here first, streamed, bounded, and looked at with
byte patterns; sizes a file declares are believed only where they are against it.
"""

import copy
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import normpath
from typing import BinaryIO
from xml.etree import ElementTree

from taizhang.formats.sheet.cells import UNCALCULATED, column_index
from taizhang.formats.sheet.facts import BookFacts, SheetFacts, check_area
from taizhang.formats.sheet.limits import MIB, Limits
from taizhang.formats.sheet.refusals import Corrupt, Entities, TooLarge, ZipBomb

_CHUNK = 256 * 1024
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
_INDEX_PART_BYTES = 4 * MIB
_LONGEST_PIECE = 4 * MIB
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
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[^\0]")


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

    def facts(self) -> SheetFacts:
        return SheetFacts(frozenset(self.hidden_rows), frozenset(self.hidden_columns), self.errors)


def scan_xlsx(file: BinaryIO, limits: Limits) -> BookFacts:
    """Facts of a workbook. Raises `Corrupt`, `ZipBomb`, `FarCell`, `TooLarge` or `Entities`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_directory(archive, limits)
            return _scan_parts(archive, limits)
    except _ZIP_ERRORS as error:
        raise Corrupt(detail=f"zip: {error}") from error


def _check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise ZipBomb(detail=f"{len(members)} 个部件 / parts")
    if len({info.filename.lower() for info in members}) != len(members):
        raise Corrupt(detail="部件重名 / repeated part names")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members):
        raise Corrupt(detail="压缩方法 / compression method")
    total = sum(info.file_size for info in members)
    if total > limits.unpacked_bytes:
        raise ZipBomb(detail=f"{total // MIB} MB")
    for info in members:
        ratio = info.file_size // max(1, info.compress_size)
        if info.file_size > limits.ratio_from_bytes and ratio > limits.ratio:
            raise ZipBomb(detail=f"{info.filename}: {ratio} : 1")


def _scan_parts(archive: zipfile.ZipFile, limits: Limits) -> BookFacts:
    names = {info.filename.lower(): info for info in archive.infolist()}
    date1904, sheets = _read_index(archive, names)
    facts = {}
    for part, info in names.items():
        if part in sheets:
            facts[sheets[part]] = _scan_sheet(archive, info, sheets[part], limits)
        elif part.endswith((".xml", ".rels")):
            for chunk in _chunks(archive, info):
                _refuse_entities(chunk)
    return BookFacts(date1904, facts)


def _stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of a part, given up at the first byte beyond what the directory declares.

    zipfile stops quietly at the declared size, where the parser would read on; so it is asked for more.
    """
    asked = copy.copy(info)
    asked.file_size = info.file_size + 2 * _CHUNK
    left = info.file_size
    with archive.open(asked) as part:
        while chunk := part.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise ZipBomb(detail=f"{info.filename} 比声明的大 / larger than declared")
            yield chunk
    if left:
        raise Corrupt(detail=f"{info.filename} 不完整 / cut short")


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, cut: bytes = b"<") -> Iterator[bytes]:
    """The text of an XML part in pieces that each begin at a `cut`, so that no tag or cell is split."""
    carry, started = b"", False
    for piece in _stream(archive, info):
        if not started and not _XML_START.match(piece):
            raise Corrupt(detail=f"{info.filename} 不是 UTF-8 的 XML / not XML in UTF-8")
        started = True
        carry += piece
        end = carry.rfind(cut)
        if end <= 0 and len(carry) < _LONGEST_PIECE:
            continue
        end = end if end > 0 else len(carry)
        yield carry[:end]
        carry = carry[end:]
    yield carry


def _refuse_entities(chunk: bytes) -> None:
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
        raise Entities


def _read_index(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> tuple[bool, dict[str, str]]:
    """The date system and {worksheet part in lower case: sheet name}."""
    book = _parse(archive, names, "xl/workbook.xml")
    links = _parse(archive, names, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    date1904 = any(
        node.get("date1904") in ("1", "true") for node in book.iter() if node.tag.endswith("}workbookPr")
    )
    sheets = {}
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            link = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
            sheets[_part_name(targets.get(link, ""))] = node.get("name", "")
    return date1904, sheets


def _part_name(target: str) -> str:
    target = target.replace("\\", "/")
    return normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}").lower()


def _parse(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], part: str) -> ElementTree.Element:
    if part not in names or names[part].file_size > _INDEX_PART_BYTES:
        raise Corrupt(detail=part)
    text = b"".join(_stream(archive, names[part]))
    _refuse_entities(text)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - entities, the danger of it, were refused above
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Corrupt(detail=f"{part}: {error}") from error


def _scan_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, limits: Limits) -> SheetFacts:
    finds = _Finds(name)
    for chunk in _chunks(archive, info, cut=b"<c"):
        if finds.cells == 0:
            _refuse_entities(chunk)
        _note_cells(finds, chunk)
        _note_hidden(finds, chunk)
        _note_errors(finds, chunk)
        finds.merges += chunk.count(b"mergeCell ")
        _check_bounds(finds, limits)
    return finds.facts()


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
