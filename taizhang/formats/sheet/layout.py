"""The found layout of one sheet: titles, filled-in lines, columns, and what each row above the data is."""

from collections import Counter
from dataclasses import dataclass

from taizhang.formats.sheet import phrases
from taizhang.formats.sheet.cells import clean, column_letter, label, squeezed
from taizhang.formats.sheet.grid import BLANK, HEADER, META, TITLE, Column, Filled, Grid, Skipped, row_text
from taizhang.formats.sheet.header import Header, column_labels, find_header

_CODE_ROW_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """`places`: sheet columns of `columns`. `above`: the rows before `start`, the first of data (0-based).

    `groups` tells which columns stand under one merged label: equal numbers belong together.
    `header_rows` are the header's own labels by sheet column and `leads` the first texts, without white
    space, of the rows above it: what a printed page repeats is known again by them.
    """

    titles: tuple[str, ...]
    meta: dict[str, str]
    columns: tuple[Column, ...]
    places: tuple[int, ...]
    groups: tuple[int, ...]
    above: tuple[Skipped, ...]
    start: int
    header_rows: tuple[dict[int, str], ...] = ()
    leads: frozenset[str] = frozenset()


def find_layout(grid: Grid, used_later: frozenset[int], hidden_columns: frozenset[int]) -> Layout:
    """The layout of a sheet with the first rows `grid`, whose later rows fill the columns `used_later`."""
    used = used_later | {cell.column for row in range(len(grid.rows)) for cell in grid.filled(row)}
    header = find_header(grid, used)
    if header is None:
        return _bare(grid, used, hidden_columns)
    start = header.bottom + 1 + _is_code_row(grid, header)
    places = _places(grid, header, used_later)
    texts = zip(places, column_labels(grid, header, places), strict=True)
    labels = _apart([text or f"{column_letter(place)}列" for place, text in texts])
    above, titles, meta = _above(grid, header, start)
    return Layout(
        titles=titles,
        meta=meta,
        columns=_columns(places, labels, hidden_columns),
        places=places,
        groups=tuple(grid.merge_at(header.bottom, place)[1] for place in places),
        above=above,
        start=start,
        header_rows=tuple(
            {cell.column: label(str(cell.value)) for cell in grid.filled(row)}
            for row in range(header.top, header.bottom + 1)
        ),
        leads=frozenset(_lead(grid, row) for row in range(header.top)),
    )


def _lead(grid: Grid, row: int) -> str:
    return next((squeezed(cell.value) for cell in grid.filled(row) if isinstance(cell.value, str)), "")


def _bare(grid: Grid, used: frozenset[int], hidden: frozenset[int]) -> Layout:
    """A sheet without a header: every used column by its letter, every row after lone titles as data."""
    start, titles, above = 0, [], []
    while len(used) > 1 and start < len(grid.rows) and len(cells := grid.filled(start)) <= 1:
        above.append(Skipped(start + 1, TITLE if cells else BLANK, row_text(cell.value for cell in cells)))
        titles += [str(cell.value) for cell in cells]
        start += 1
    if start == len(grid.rows):
        start, titles, above = 0, [], []
    places = tuple(sorted(used))
    columns = _columns(places, [f"{column_letter(place)}列" for place in places], hidden)
    return Layout(tuple(titles), {}, columns, places, places, tuple(above), start)


def _columns(places: tuple[int, ...], labels: list[str], hidden: frozenset[int]) -> tuple[Column, ...]:
    return tuple(
        Column(index, column_letter(place), text, place in hidden)
        for index, (place, text) in enumerate(zip(places, labels, strict=True))
    )


def _places(grid: Grid, header: Header, used_later: frozenset[int]) -> tuple[int, ...]:
    """Columns with a label of their own or anything below it; what a merged label merely covers is none."""
    below = {cell.column for row in range(header.bottom + 1, len(grid.rows)) for cell in grid.filled(row)}
    labelled = set()
    for row in range(header.top, header.bottom + 1):
        labelled |= {cell.column for cell in grid.filled(row) + grid.reaching(row)}
    return tuple(sorted(used_later | below | labelled))


def _apart(labels: list[str]) -> list[str]:
    """Repeated labels numbered from the second on: 备注, 备注(2)."""
    taken: Counter[str] = Counter()
    given: set[str] = set()
    result = []
    for text in labels:
        taken[text] += 1
        name = text if taken[text] == 1 else f"{text}({taken[text]})"
        while name in given:
            taken[text] += 1
            name = f"{text}({taken[text]})"
        given.add(name)
        result.append(name)
    return result


def _is_code_row(grid: Grid, header: Header) -> bool:
    """Whether the row after the header only numbers the columns (1, 2, 3 …, perhaps after 甲, 乙)."""
    row = header.bottom + 1
    if row >= len(grid.rows):
        return False
    texts = [str(cell.value).strip("()（）") for cell in grid.filled(row)]
    while texts and texts[0] in ("甲", "乙", "丙", "栏次"):
        texts.pop(0)
    return len(texts) >= _CODE_ROW_COLUMNS and texts == [str(n) for n in range(1, len(texts) + 1)]


def _above(
    grid: Grid, header: Header, start: int
) -> tuple[tuple[Skipped, ...], tuple[str, ...], dict[str, str]]:
    skipped, titles, pairs = [], [], []
    for row in range(start):
        cells = grid.filled(row)
        if row < header.top:
            loose = [cell for cell in cells if grid.merge_at(row, cell.column)[2] < header.top]
            found, rest = _pairs(loose)
            pairs += found
            titles += rest
            why = META if found else TITLE
        else:
            why = HEADER
        skipped.append(Skipped(row + 1, why if cells else BLANK, row_text(cell.value for cell in cells)))
    names = _apart([name for name, _ in pairs])
    meta = {name: value for name, (_, value) in zip(names, pairs, strict=True)}
    return tuple(skipped), tuple(titles), meta


def _pairs(cells: list[Filled]) -> tuple[list[tuple[str, str]], list[str]]:
    """(label, value) pairs of a row above the header, and the texts that are neither."""
    pairs: list[tuple[str, str]] = []
    rest: list[str] = []
    waiting = False
    alternating = len(cells) >= 2 and phrases.is_meta_word(cells[0].value)
    for cell in cells:
        text = phrases.as_text(cell.value)
        found = phrases.split_labelled(text) if isinstance(cell.value, str) else []
        if found:
            pairs += found
            waiting = not found[-1][1]
        elif waiting:
            pairs[-1] = (pairs[-1][0], text)
            waiting = False
        elif alternating and phrases.is_meta_word(cell.value):
            pairs.append((label(text), ""))
            waiting = True
        else:
            rest.append(clean(text))
    return pairs, rest
