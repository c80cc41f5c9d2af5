"""What cells of an `.xls` look like: fill colours and struck text of BIFF8 ([MS-XLS] 2.4.353, 2.4.122, 2.4.188).

Earlier workbooks, comments and pictures are not read; that there are any is told.
"""

import struct
from collections.abc import Iterator

from taizhang.formats.sheet.colours import PALETTE, WHITE
from taizhang.formats.sheet.signs import PatternFinder, SheetSigns, Unread
from taizhang.formats.sheet.styles import Look

_FONT, _XF, _PALETTE = 0x31, 0xE0, 0x92
_NOTE, _OBJECT = 0x1C, 0x5D
_SEVERAL_NUMBERS, _SEVERAL_BLANKS = 0xBD, 0xBE
_FIRST_OWN, _NO_FONT = 8, 4
"""The palette of a book replaces colours from the ninth on; font number 4 does not exist."""
_SOLID_OR_PATTERN = range(1, 64)
_PICTURE_OBJECT = 8


class BookLooks:
    """The styles of a workbook, filled from the records that stand before its sheets."""

    def __init__(self) -> None:
        self._struck: list[bool] = []
        self._formats: list[tuple[int, int, int]] = []
        self._palette = list(PALETTE)
        self.is_readable = True

    def take(self, stream: bytes, kind: int, at: int, size: int) -> None:
        if kind == _FONT and size >= 4:
            self._struck.append(bool(stream[at + 2] & 0x08))
        elif kind == _PALETTE and size >= 2:
            self._take_palette(stream, at, size)
        elif kind == _XF:
            if size < 20:
                self.is_readable = False
                return
            font = struct.unpack_from("<H", stream, at)[0]
            pattern = struct.unpack_from("<I", stream, at + 14)[0] >> 26
            colour = struct.unpack_from("<H", stream, at + 18)[0] & 0x7F
            self._formats.append((font, pattern, colour))

    def _take_palette(self, stream: bytes, at: int, size: int) -> None:
        count = min(struct.unpack_from("<H", stream, at)[0], (size - 2) // 4, len(PALETTE) - _FIRST_OWN)
        for n in range(count):
            red, green, blue = stream[at + 2 + 4 * n : at + 5 + 4 * n]
            self._palette[_FIRST_OWN + n] = f"{red:02X}{green:02X}{blue:02X}"

    def looks(self) -> dict[int, Look]:
        """The formats that say anything, by their number."""
        if not self.is_readable:
            return {}
        looks = {}
        for number, (font, pattern, colour) in enumerate(self._formats):
            filled = pattern in _SOLID_OR_PATTERN and colour < len(self._palette)
            found = self._palette[colour] if filled else WHITE
            place = font - (font > _NO_FONT)
            struck = place < len(self._struck) and self._struck[place]
            look = Look("" if found == WHITE else found, struck)
            if look != Look():
                looks[number] = look
        return looks


class SheetLooks:
    """Looks at the cells of one sheet, record by record."""

    def __init__(self, looks: dict[int, Look], *, readable: bool) -> None:
        self._looks, self._patterns = looks, PatternFinder()
        self._unread: set[Unread] = set() if readable else {"looks"}

    def take_cell(self, stream: bytes, kind: int, at: int, size: int) -> None:
        if self._looks:
            row = int.from_bytes(stream[at : at + 2], "little") + 1
            for column, style in _styles(stream, kind, at, size):
                if style in self._looks:
                    self._patterns.note(row, column, style)

    def take_other(self, stream: bytes, kind: int, at: int, size: int) -> None:
        if kind == _NOTE:
            self._unread.add("comments")
        elif kind == _OBJECT and size >= 6 and stream[at + 4] == _PICTURE_OBJECT:
            self._unread.add("pictures")

    def signs(self) -> SheetSigns:
        return SheetSigns(self._patterns.patterns(), self._looks, unread=frozenset(self._unread))


def _styles(stream: bytes, kind: int, at: int, size: int) -> Iterator[tuple[int, int]]:
    """(column, format) of each cell a record holds."""
    unpack = struct.Struct("<H").unpack_from
    first = unpack(stream, at + 2)[0]
    if kind not in (_SEVERAL_NUMBERS, _SEVERAL_BLANKS):
        if size >= 6:
            yield first, unpack(stream, at + 4)[0]
        return
    step = 6 if kind == _SEVERAL_NUMBERS else 2
    for n in range((size - 6) // step):
        yield first + n, unpack(stream, at + 4 + step * n)[0]
