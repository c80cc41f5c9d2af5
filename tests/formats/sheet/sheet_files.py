"""Small files the sheet tests make for themselves: honest, odd and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.facts import SheetFacts
from taizhang.formats.sheet.grid import Grid, Merge, Row, Skipped
from taizhang.formats.sheet.layout import Layout, find_layout
from taizhang.formats.sheet.rows import read_rows

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}" '
    'Target="{target}"/></Relationships>'
)
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{more}'
    '<sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{before}<sheetData>{data}</sheetData></worksheet>"
)


def xlsx_parts(data: str = "", *, before: str = "", more: str = "") -> dict[str, bytes]:
    """The parts of a one-sheet workbook with the given XML inside `sheetData`, before it, and in the workbook."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(type="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _BOOK.format(more=more),
        "xl/_rels/workbook.xml.rels": _RELS.format(type="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": _SHEET.format(data=data, before=before),
    }
    return {name: text.encode() for name, text in parts.items()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def book_of(
    path: Path, rows: Sequence[Sequence[object]], merges: Iterable[Merge] = (), **options: bool
) -> Path:
    """An ordinary one-sheet workbook; `merges` are written over the rows."""
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd", **options}
    )
    sheet = book.add_worksheet("台账")
    for number, cells in enumerate(rows):
        sheet.write_row(number, 0, cells)
    for top, left, bottom, right in merges:
        value = rows[top][left] if left < len(rows[top]) else ""
        sheet.merge_range(top, left, bottom, right, value)
    book.close()
    return path


def found(rows: Sequence[Sequence[Cell]], merges: Iterable[Merge] = ()) -> tuple[Layout, list[Row | Skipped]]:
    """Layout and read rows of a hand-made sheet, without a file."""
    merges = sorted(merges)
    lists = [list(row) for row in rows]
    layout = find_layout(Grid(lists, merges), frozenset(), frozenset())
    return layout, list(read_rows([(0, lists, merges)], layout, SheetFacts()))


def data_of(read: Iterable[Row | Skipped]) -> list[tuple[Cell, ...]]:
    return [row.cells for row in read if isinstance(row, Row)]


def skips_of(read: Iterable[Row | Skipped]) -> list[tuple[int, str]]:
    return [(row.row, row.why) for row in read if isinstance(row, Skipped)]


def labels_of(layout: Layout) -> list[str]:
    return [column.label for column in layout.columns]


# --- .xls: the least BIFF8 in the least OLE2 that readers accept


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def text_cell(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number_cell(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def error_cell(row: int, column: int, code: int) -> bytes:
    return record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def hidden_row(row: int) -> bytes:
    return record(0x208, struct.pack("<HHHHIHH", row, 0, 1, 255, 0, 0x20, 0))


def hidden_columns(first: int, last: int) -> bytes:
    return record(0x7D, struct.pack("<HHHHHH", first, last, 2000, 0, 1, 0))


def workbook_stream(*cells: bytes, globals_: bytes = b"", name: str = "表一") -> bytes:
    """A Workbook stream with one sheet holding the given records."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6)) + globals_
    encoded = name.encode("utf-16-le")
    start = len(begin) + 4 + 8 + len(encoded) + 4
    bound = record(0x85, struct.pack("<IBBBB", start, 0, 0, len(name), 1) + encoded)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    return begin + bound + record(0x0A) + sheet + b"".join(cells) + record(0x0A)


def _entry(
    name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2 if name else 0, kind, 1)
    return head + struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", start, size)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE2 file with the given streams, each padded to the size that keeps it out of the small-stream table."""
    sector, end = 512, 0xFFFFFFFE
    bodies = {
        name: body.ljust(max(4096, -(-len(body) // sector) * sector), b"\0") for name, body in streams.items()
    }
    directory_sectors = -(-(len(bodies) + 1) // 4)
    start, fat, entries = 1 + directory_sectors, [0xFFFFFFFD], []
    fat += [n + 1 for n in range(1, directory_sectors)] + [end]
    for number, (name, body) in enumerate(bodies.items(), 1):
        right = number + 1 if number < len(bodies) else 0xFFFFFFFF
        count = len(body) // sector
        entries.append(_entry(name, 2, start, len(body), right=right))
        fat += [start + n + 1 for n in range(count - 1)] + [end]
        start += count
    root = _entry("Root Entry", 5, end, 0, child=1 if bodies else 0xFFFFFFFF)
    directory = (root + b"".join(entries)).ljust(directory_sectors * sector, b"\0")
    assert len(fat) <= sector // 4, "one allocation sector is enough for tests"
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    return header.ljust(sector, b"\xff") + table + directory + b"".join(bodies.values())
