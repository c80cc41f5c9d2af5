"""Finding the header rows of a sheet among titles, filled-in lines and data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from taizhang.formats.sheet import phrases
from taizhang.formats.sheet.cells import Cell, label
from taizhang.formats.sheet.grid import Filled, Grid

DEPTH = 3
DIVIDED = 2
_SEARCH_ROWS = 40
_LABEL_LENGTH = 80
_USUAL_LENGTH = 20
_EARLIER = 1.0
"""What a candidate must gain in score over each one above it: the first fitting row is the header."""


@dataclass(frozen=True, slots=True)
class Header:
    """Rows `top` to `bottom` (0-based, ends included) hold the header."""

    top: int
    bottom: int


def find_header(grid: Grid, used: frozenset[int]) -> Header | None:
    """The header among the first rows; None where data comes first. `used`: columns filled anywhere."""
    best, best_score, above = None, 0.0, 0
    for row in range(min(len(grid.rows), _SEARCH_ROWS)):
        if not grid.filled(row):
            continue
        if not _is_candidate(grid, row, used):
            if _is_data(grid, row, used):
                break
            continue
        score = _score(grid, row, used) - _EARLIER * above
        above += 1
        if best is None or score > best_score:
            best, best_score = row, score
    return None if best is None else _grown(grid, best, used)


def _labels(grid: Grid, row: int) -> list[Filled]:
    """The labels a row shows: its own cells and the merges that reach it from above."""
    own = grid.filled(row)
    taken = {cell.column for cell in own}
    return sorted(
        own + [cell for cell in grid.reaching(row) if cell.column not in taken], key=lambda cell: cell.column
    )


def _is_label(cell: Cell) -> bool:
    if phrases.is_typed(cell):
        return phrases.is_period(cell)
    return isinstance(cell, str) and len(cell) <= _LABEL_LENGTH


def _is_candidate(grid: Grid, row: int, used: frozenset[int]) -> bool:
    own, labels = grid.filled(row), _labels(grid, row)
    if all(phrases.is_typed(cell.value) for cell in own) or not all(_is_label(cell.value) for cell in own):
        return False
    if any(cell.right - cell.column + 1 >= max(3, len(used)) for cell in own):
        return False
    if _is_meta(grid, row):
        return False
    return len(labels) >= 2 or len(used) == 1


def _is_meta(grid: Grid, row: int) -> bool:
    """Whether a row is a filled-in line: labels with colons or of usual words, each with its value."""
    own = grid.filled(row)
    colons = sum(phrases.is_labelled(cell.value) for cell in own)
    if colons and 3 * colons >= len(own):
        return True
    values = [cell.value for cell in own[1::2]]
    if not own or len(own) % 2 or not all(phrases.is_meta_word(cell.value) for cell in own[0::2]):
        return False
    return not any(isinstance(value, str) and phrases.HEADER_WORD.search(value) for value in values)


def _is_data(grid: Grid, row: int, used: frozenset[int]) -> bool:
    own = grid.filled(row)
    typed = sum(phrases.is_typed(cell.value) for cell in own)
    return typed > 0 and len(own) >= max(2, len(used) / 2) and not _is_meta(grid, row)


def _score(grid: Grid, row: int, used: frozenset[int]) -> float:
    """Higher for a row that labels most columns, in usual words, each differently."""
    texts = [label(str(cell.value)) for cell in _labels(grid, row)]
    words = sum(bool(phrases.HEADER_WORD.search(text)) and len(text) <= _USUAL_LENGTH for text in texts)
    labelled = min(1.0, len(texts) / max(1, len(used)))
    return 3 * labelled + 1.5 * words / len(texts) + 2 * len(set(texts)) / len(texts)


def _grown(grid: Grid, row: int, used: frozenset[int]) -> Header:
    top = bottom = row
    while bottom - top + 1 < DEPTH and top > 0 and _is_candidate(grid, top - 1, used):
        if not joined(grid, top - 1):
            break
        top -= 1
    while bottom + 1 < len(grid.rows) and bottom - top + 1 < DEPTH and joined(grid, bottom):
        bottom += 1
    return Header(top, bottom)


def joined(grid: Grid, row: int) -> bool:
    """Whether the row below continues the header that `row` belongs to.

    It does when it only speaks where `row` leaves room, and either some label of `row` reaches down to it by
    merge, or it divides a label spread over several columns and says nothing under a label of one column.
    """
    below = grid.filled(row + 1)
    if not all(_is_label(cell.value) for cell in below) or _is_meta(grid, row + 1):
        return False
    above = _spread(grid, row)
    over = _by_column(above)
    reaching = any(grid.merge_at(row, cell.column)[2] > row for cell in above)
    children: Counter[int] = Counter()
    for cell in below:
        parent = over.get(cell.column)
        if parent is None or cell.right > parent.right or (parent.right == parent.column and not reaching):
            return False
        children[parent.column] += 1
    return reaching or max(children.values(), default=0) >= DIVIDED


def _by_column(labels: list[Filled]) -> dict[int, Filled]:
    return {column: cell for cell in labels for column in range(cell.column, cell.right + 1)}


def _spread(grid: Grid, row: int) -> list[Filled]:
    """The labels of a row with the columns they stand over; without merges, the gap after a label counts."""
    labels = _labels(grid, row)
    if any(cell.right > cell.column for cell in labels):
        return labels
    below = {cell.column for cell in grid.filled(row + 1)}
    undivided = [cell for cell in labels if cell.column not in below]
    if not undivided:
        return labels  # a row that speaks under every label is a row of data
    ends = [cell.column - 1 for cell in labels[1:]] + [max(below, default=labels[-1].column)]
    spread = []
    for cell, end in zip(labels, ends, strict=True):
        right = end if cell.column in below else cell.column
        spread.append(Filled(cell.column, max(right, cell.column), cell.value))
    return spread


def column_labels(grid: Grid, header: Header, columns: Iterable[int]) -> list[str]:
    """The flattened label over each column, levels joined by `/`; empty where no label stands."""
    rows = range(header.top, header.bottom + 1)
    over = {row: _by_column(_spread(grid, row)) for row in rows if row < header.bottom}
    result = []
    for column in columns:
        parts: list[str] = []
        for row in rows:
            value = grid.shown(row, column)
            if value is None and row in over and column in over[row]:
                value = over[row][column].value
            text = "" if value is None else label(str(value))
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        result.append("/".join(parts))
    return result
