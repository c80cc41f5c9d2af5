"""Telling data rows from everything else under a header, as the rows stream by."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from taizhang.formats.sheet import phrases
from taizhang.formats.sheet.cells import Cell, CellError, label, squeezed
from taizhang.formats.sheet.facts import SheetFacts
from taizhang.formats.sheet.grid import (
    BLANK,
    FOOTER,
    META,
    NUMBERED_BLANK,
    REPEATED_HEADER,
    TITLE,
    TOTAL,
    Merge,
    Row,
    Skipped,
    row_text,
)
from taizhang.formats.sheet.layout import Layout
from taizhang.formats.sheet.signs import RowSigns

LOOK_AHEAD = 64
"""How many rows a band of text waits for data below it, which tells a heading from a footer."""

_BAND = "band"
_NONE: frozenset[int] = frozenset()
_REPEATED = 0.8
_NARROW = 2


def read_rows(
    chunks: Iterable[tuple[int, Sequence[list[Cell]], Sequence[Merge]]], layout: Layout, facts: SheetFacts
) -> Iterator[Row | Skipped]:
    """Every row of a sheet in order. `chunks` gives (0-based first row, rows, merges that begin in them)."""
    reader = _Reader(layout, facts)
    for first, rows, merges in chunks:
        reader.take_merges(merges)
        for number, cells in enumerate(rows, first + 1):
            yield from reader.read(number, cells)
    yield from reader.finish()


class _Reader:
    def __init__(self, layout: Layout, facts: SheetFacts) -> None:
        self._layout, self._facts = layout, facts
        self._width = len(layout.places)
        self._last = layout.places[-1] + 1 if layout.places else 0
        self._pick = _picker(layout.places)
        self._signs = RowSigns(facts.signs, layout.places)
        self._signed = self._signs.rows
        self._serial = bool(layout.columns) and bool(phrases.SERIAL_LABEL.fullmatch(layout.columns[0].label))
        self._known = {text for row in layout.header_rows for text in row.items()}
        self._above = {skipped.text: skipped.why for skipped in layout.above if skipped.why in (TITLE, META)}
        self._known_leads = {squeezed(text) for _, text in self._known} | layout.leads
        self._place_index = {place: index for index, place in enumerate(layout.places)}
        self._wide: dict[int, list[Merge]] = {}
        self._tall: dict[int, list[Merge]] = {}
        self._open: dict[int, tuple[int, Cell]] = {}
        self._waiting: deque[Skipped] = deque()
        self._in_footer = False

    def take_merges(self, merges: Sequence[Merge]) -> None:
        for merge in merges:
            if merge[3] > merge[1]:
                self._wide.setdefault(merge[0], []).append(merge)
            if merge[2] > merge[0] >= self._layout.start:
                self._tall.setdefault(merge[0], []).append(merge)

    def read(self, number: int, raw: list[Cell]) -> Iterator[Row | Skipped]:
        if number <= self._layout.start:
            yield self._layout.above[number - 1]
            return
        if number in self._facts.errors:
            raw = _with_errors(raw, self._facts.errors[number])
        if len(raw) < self._last:
            raw = raw + [None] * (self._last - len(raw))
        signs = None
        if number in self._signed:
            signs = self._signs.of(number)
            raw = _without(raw, self._signs.filled_by_pictures(number))
        cells = self._pick(raw)
        why = self._why(number, cells)
        if why:
            yield from self._skip(Skipped(number, why, row_text(cells)))
        else:
            yield from self._settle(TITLE)
            self._in_footer = False
        values, filled = cells, _NONE
        if self._open or self._tall:
            values, filled = self._fill(number - 1, cells)
        if not why:
            yield Row(number, values, number in self._facts.hidden_rows, filled, signs)

    def finish(self) -> Iterator[Skipped]:
        yield from self._settle(FOOTER)

    def _skip(self, skipped: Skipped) -> Iterator[Skipped]:
        if skipped.why != _BAND and not self._waiting:
            yield skipped
            return
        self._waiting.append(skipped)
        if len(self._waiting) > LOOK_AHEAD:
            yield _settled(self._waiting.popleft(), FOOTER)

    def _settle(self, why: str) -> Iterator[Skipped]:
        while self._waiting:
            yield _settled(self._waiting.popleft(), why)

    def _fill(self, row: int, cells: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], frozenset[int]]:
        """The row with the values vertical merges give it, and which columns those are."""
        for index in [index for index, (bottom, _) in self._open.items() if bottom < row]:
            del self._open[index]
        values, filled = list(cells), []
        for index, (_, value) in self._open.items():
            if values[index] is None:
                values[index] = value
                filled.append(index)
        for _, left, bottom, _ in self._tall.pop(row, ()):
            index = self._place_index.get(left, -1)
            if index >= 0 and cells[index] is not None:
                self._open[index] = (bottom, cells[index])
        return tuple(values), frozenset(filled)

    def _why(self, number: int, cells: tuple[Cell, ...]) -> str:
        """Why a row is not data; empty for data."""
        count = self._width - cells.count(None)
        wide = self._wide.pop(number - 1, None) if self._wide else None
        if count == 0:
            return BLANK
        if count > 1 and cells[0].__class__ is int and self._serial and 2 * count >= self._width:
            return ""
        return self._examined(cells, count, wide or ())

    def _examined(self, cells: tuple[Cell, ...], count: int, wide: Sequence[Merge]) -> str:
        first = next(index for index, cell in enumerate(cells) if cell is not None)
        if count == 1 and self._width > 1 and first == 0 and self._numbered(cells):
            return NUMBERED_BLANK
        at = next((index for index in range(first, self._width) if isinstance(cells[index], str)), -1)
        lead = squeezed(str(cells[at])) if at >= 0 else ""
        if phrases.is_total(lead, cells[at + 1 :]):
            return TOTAL
        if lead in self._known_leads and (why := self._repeats(cells, count)):
            return why
        if self._is_footer(cells, count, first, lead if at == first else "", wide):
            self._in_footer = True
            return FOOTER
        return _BAND if self._is_band(cells, count, first, wide) else ""

    def _repeats(self, cells: tuple[Cell, ...], count: int) -> str:
        """Whether a row says again what stands above the table, as each page of a printed one does."""
        why = self._above.get(row_text(cells))
        if why:
            return why
        texts = [(p, label(c)) for p, c in zip(self._layout.places, cells, strict=True) if isinstance(c, str)]
        same = sum(text in self._known for text in texts)
        return REPEATED_HEADER if same >= max(2, _REPEATED * count) else ""

    def _is_footer(
        self, cells: tuple[Cell, ...], count: int, first: int, lead: str, wide: Sequence[Merge]
    ) -> bool:
        begins = phrases.begins_footer(lead)
        if self._width == 1 or (begins and count <= max(2, self._width // 2)):
            return begins
        if begins:
            return self._crosses(wide, first) or all(map(_labelled_or_short, cells))
        if not self._in_footer or first > 1 or self._numbered(cells):
            return False
        return count <= 2 or self._crosses(wide, first)

    def _is_band(self, cells: tuple[Cell, ...], count: int, first: int, wide: Sequence[Merge]) -> bool:
        """Whether a row is text laid across the columns: a heading inside the table, or a note under it."""
        if self._numbered(cells):
            return False
        if self._crosses(wide, first):
            return True
        alone = first == 0 and count == 1 and self._width > _NARROW
        return self._serial and alone and not phrases.is_typed(cells[0])

    def _numbered(self, cells: tuple[Cell, ...]) -> bool:
        return self._serial and phrases.is_typed(cells[0])

    def _crosses(self, wide: Sequence[Merge], first: int) -> bool:
        """Whether the row's first cell is merged across columns that have labels of their own."""
        place = self._layout.places[first]
        for _, left, _, right in wide:
            if left == place:
                groups = self._layout.groups
                inside = {groups[i] for i, p in enumerate(self._layout.places) if left <= p <= right}
                return len(inside) >= 2
        return False


def _settled(skipped: Skipped, why: str) -> Skipped:
    return Skipped(skipped.row, why, skipped.text) if skipped.why == _BAND else skipped


def _labelled_or_short(cell: Cell) -> bool:
    return cell is None or phrases.is_labelled(cell) or (isinstance(cell, str) and len(cell) <= 12)


def _with_errors(raw: list[Cell], errors: Mapping[int, str]) -> list[Cell]:
    cells = raw + [None] * (max(errors) + 1 - len(raw))
    for column, code in errors.items():
        if cells[column] is None:
            cells[column] = CellError(code)
    return cells


def _without(raw: list[Cell], columns: Sequence[int]) -> list[Cell]:
    """The row without what stands in the cells of a picture: a formula, or the error older programs see."""
    return [None if column in columns else cell for column, cell in enumerate(raw)] if columns else raw


def _picker(places: tuple[int, ...]) -> Any:
    """A function from a row of the sheet to the tuple of the table's cells."""
    if not places:
        return lambda _: ()
    if places == tuple(range(places[0], places[-1] + 1)):
        window = slice(places[0], places[-1] + 1)
        return lambda raw: tuple(raw[window])
    return itemgetter(*places) if len(places) > 1 else lambda raw: (raw[places[0]],)
