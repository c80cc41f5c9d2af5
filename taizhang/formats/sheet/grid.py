"""The words of a read sheet (columns, rows, skipped rows) and the head of a sheet as a grid with merges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.signs import Signs

Merge = tuple[int, int, int, int]
"""0-based (top, left, bottom, right), ends included."""

BLANK, NUMBERED_BLANK, TOTAL, FOOTER = "blank", "numbered_blank", "total", "footer"
REPEATED_HEADER, TITLE, META, HEADER = "repeated_header", "title", "meta", "header"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: `index` is its place in `Row.cells`, `letter` its place on the sheet."""

    index: int
    letter: str
    label: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One data row.

    `number` is the sheet's 1-based row; `filled` are the columns whose value a vertical merge gave; `signs`
    what it says without words, None for nothing.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool
    filled: frozenset[int]
    signs: Signs | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """One row that is not data, why, and what stands in it."""

    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled cell of the grid: its column, the last column its merge covers, its value."""

    column: int
    right: int
    value: Cell


def row_text(cells: Iterable[Cell]) -> str:
    """What stands in a row, for people: its filled cells in order."""
    return " ".join(str(cell) for cell in cells if cell is not None)


class Grid:
    """The first rows of a sheet. Rows and columns are 0-based; rows may differ in length.

    Merges are cut to the grid. Those that overlap, which no office writes, stop counting once all of them
    together cover more cells than there are: a hostile file could otherwise ask for billions.
    """

    def __init__(self, rows: Sequence[Sequence[Cell]], merges: Iterable[Merge] = ()) -> None:
        self.rows = rows
        self._anchor: dict[tuple[int, int], Merge] = {}
        self._reaching: dict[int, list[Merge]] = {}
        self._filled: dict[int, list[Filled]] = {}
        last = max(map(len, rows), default=0) - 1
        left_over = len(rows) * (last + 1)
        for top, left, bottom, right in merges:
            merge = top, left, min(bottom, len(rows) - 1), min(right, last)
            left_over -= (merge[2] - top + 1) * (merge[3] - left + 1)
            if left_over < 0 or merge[2] < top or merge[3] < left:
                continue
            self._take(merge)

    def _take(self, merge: Merge) -> None:
        top, left, bottom, right = merge
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self._anchor[row, column] = merge
        if self.value(top, left) is not None:
            for row in range(top + 1, bottom + 1):
                self._reaching.setdefault(row, []).append(merge)

    def value(self, row: int, column: int) -> Cell:
        """The cell's own value, None outside the grid and in cells a merge covers."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def shown(self, row: int, column: int) -> Cell:
        """What a reader sees at a place: the value of the merge that covers it, or its own."""
        merge = self._anchor.get((row, column))
        return self.value(merge[0], merge[1]) if merge else self.value(row, column)

    def merge_at(self, row: int, column: int) -> Merge:
        """The merge covering a cell; a lone cell is a merge of itself."""
        return self._anchor.get((row, column), (row, column, row, column))

    def reaching(self, row: int) -> list[Filled]:
        """What merges that begin above show in a row."""
        return [Filled(m[1], m[3], self.value(m[0], m[1])) for m in self._reaching.get(row, ())]

    def filled(self, row: int) -> list[Filled]:
        """The row's own filled cells, left to right."""
        if row not in self._filled:
            self._filled[row] = [
                Filled(column, self.merge_at(row, column)[3], value)
                for column, value in enumerate(self.rows[row])
                if value is not None
            ]
        return self._filled[row]
