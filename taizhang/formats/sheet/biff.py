"""Pre-scan of an `.xls` workbook stream: password, date system, hidden rows and columns, failed formulas, looks.

Record numbers and layouts after [MS-XLS]; BIFF5 and BIFF8 agree in everything read here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from taizhang.formats.sheet.biff_looks import BookLooks, SheetLooks
from taizhang.formats.sheet.facts import BookFacts, SheetFacts, check_area
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.refusals import Corrupt, PasswordProtected, TooLarge

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x22, 0x85
_ROW, _COLINFO, _BOOLERR, _FORMULA, _MERGES = 0x208, 0x7D, 0x205, 0x06, 0xE5
_BIFF8 = 0x600
_CELLS = frozenset((0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE, 0xD6, 0xFD))
"""Formula, blank, number, label, truth or error, RK, several RK, several blank, rich text, shared text."""
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(slots=True)
class _Finds:
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)

    def facts(self, looks: SheetLooks) -> SheetFacts:
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return SheetFacts(*hidden, self.errors, looks.signs())


def scan_xls(stream: bytes, limits: Limits) -> BookFacts:
    """Facts of a Workbook/Book stream. Raises `PasswordProtected`, `Corrupt` or `TooLarge`."""
    date1904, biff8, starts, styles = False, False, [], BookLooks()
    for kind, at, size in _records(stream, 0):
        if kind == _BOF and size >= 2:
            biff8 = struct.unpack_from("<H", stream, at)[0] == _BIFF8
        elif kind == _FILEPASS:
            raise PasswordProtected
        elif kind == _DATEMODE and size >= 2:
            date1904 = stream[at] == 1
        elif kind == _BOUNDSHEET and size >= 8:
            starts.append((struct.unpack_from("<I", stream, at)[0], _sheet_name(stream, at, size, biff8)))
        else:
            styles.take(stream, kind, at, size)
    looks, readable = styles.looks(), biff8 and styles.is_readable
    sheets = {
        name: _scan_sheet(stream, start, name, limits, SheetLooks(looks, readable=readable))
        for start, name in starts
    }
    return BookFacts(date1904, sheets)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(record number, offset of its content, size) up to the EOF that closes the substream at `start`."""
    at, end, depth = start, len(stream) - 4, 0
    unpack = struct.Struct("<HH").unpack_from
    while at <= end:
        kind, size = unpack(stream, at)
        if at + 4 + size > len(stream):
            break
        yield kind, at + 4, size
        at += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
    raise Corrupt(detail="工作簿记录不完整 / workbook records cut short")


def _sheet_name(stream: bytes, at: int, size: int, biff8: bool) -> str:
    count = stream[at + 6]
    if not biff8:
        return stream[at + 7 : at + 7 + count].decode("gb18030", "replace")
    if stream[at + 7] & 1:
        return stream[at + 8 : min(at + size, at + 8 + 2 * count)].decode("utf-16-le", "replace")
    return stream[at + 8 : at + 8 + count].decode("latin-1")


def _scan_sheet(stream: bytes, start: int, name: str, limits: Limits, looks: SheetLooks) -> SheetFacts:
    finds, merges, errors, cells = _Finds(), 0, 0, 0
    rows = columns = 0
    place = struct.Struct("<HH").unpack_from
    for kind, at, size in _records(stream, start):
        if kind in _CELLS and size >= 4:
            row, column = place(stream, at)
            rows, columns, cells = max(rows, row + 1), max(columns, column + 1), cells + 1
            looks.take_cell(stream, kind, at, size)
            if kind in (_BOOLERR, _FORMULA):
                errors += _note_error(finds, stream, kind, at, size)
        elif kind == _MERGES:
            merges += (size - 2) // 8
        else:
            _note_hidden(finds, stream, kind, at, size)
            looks.take_other(stream, kind, at, size)
    check_area(name, rows, columns, cells, limits)
    if errors > limits.errors:
        raise TooLarge(detail=f"{errors} 个出错的公式 / failed formulas")
    if merges > limits.merges:
        raise TooLarge(detail=f"{merges} 个合并单元格 / merged cells")
    return finds.facts(looks)


def _note_hidden(finds: _Finds, stream: bytes, kind: int, at: int, size: int) -> None:
    if kind == _ROW and size >= 16 and stream[at + 12] & 0x20:
        finds.hidden_rows.add(struct.unpack_from("<H", stream, at)[0] + 1)
    elif kind == _COLINFO and size >= 10 and stream[at + 8] & 1:
        first, last = struct.unpack_from("<HH", stream, at)
        finds.hidden_columns.update(range(first, min(last, 255) + 1))


def _note_error(finds: _Finds, stream: bytes, kind: int, at: int, size: int) -> bool:
    if kind == _BOOLERR:
        failed, code = size >= 8 and stream[at + 7] == 1, at + 6
    else:
        failed, code = size >= 14 and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2, at + 8
    if failed:
        row, column = struct.unpack_from("<HH", stream, at)
        finds.errors.setdefault(row + 1, {})[column] = _ERRORS.get(stream[code], "#N/A")
    return failed
