"""Giving rows that were not taken back to whoever sent them, as a sheet with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.book import Book
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.grid import Row
from taizhang.formats.sheet.write import write_returned
from taizhang.ledger.whole_file import whole_file

_NAME = Label("退回", "Given back")


def give_back(
    book: Book, reasons: Mapping[tuple[int, int], str], target: Path, language: Language = "zh"
) -> int:
    """Write the rows named by (sheet index, row) with their reasons; how many.

    The book is read once more, so that an import holds no cells. Rows of several sheets stand under
    the headers of all of them. Nothing is written where there is nothing to give back.
    """
    places = sorted({index for index, _ in reasons})
    if not places:
        return 0
    labels = list(dict.fromkeys(c.label for index in places for c in book.sheets[index].columns))
    with whole_file(target) as file:
        return write_returned(
            file, _NAME.text(language), labels, _rows(book, places, labels, reasons), language
        )


def _rows(
    book: Book, places: Sequence[int], labels: Sequence[str], reasons: Mapping[tuple[int, int], str]
) -> Iterator[tuple[list[Cell], str]]:
    for index in places:
        columns = book.sheets[index].columns
        for row in book.sheets[index].rows():
            if isinstance(row, Row) and (reason := reasons.get((index, row.number))):
                cells = {column.label: row.cells[column.index] for column in columns}
                yield [cells.get(label) for label in labels], reason
