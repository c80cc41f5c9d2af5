"""Giving rows that were not taken back to whoever sent them, as a sheet with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.book import Book
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.grid import Column, Row
from taizhang.formats.sheet.write import write_returned
from taizhang.ledger.importing.personal import without_numbers_in
from taizhang.ledger.whole_file import whole_file

_NAME = Label("退回", "Given back")


def give_back(
    book: Book,
    reasons: Mapping[tuple[int, int], str],
    barred: Mapping[int, Collection[str]],
    target: Path,
    language: Language = "zh",
) -> int:
    """Write the rows named by (sheet index, row) with their reasons; how many.

    The book is read once more, so that an import holds no cells. Rows of several sheets stand under
    the headers of all of them, without columns that are barred. Nothing is written where there is nothing
    to give back.
    """
    places = sorted({index for index, _ in reasons})
    if not places:
        return 0
    columns = {
        index: [column for column in book.sheets[index].columns if column.label not in barred.get(index, ())]
        for index in places
    }
    labels = list(dict.fromkeys(column.label for index in places for column in columns[index]))
    with whole_file(target) as file:
        return write_returned(
            file, _NAME.text(language), labels, _rows(book, columns, labels, reasons), language
        )


def _rows(
    book: Book,
    columns_of: Mapping[int, Sequence[Column]],
    labels: Sequence[str],
    reasons: Mapping[tuple[int, int], str],
) -> Iterator[tuple[list[Cell], str]]:
    for index, columns in columns_of.items():
        for row in book.sheets[index].rows():
            if isinstance(row, Row) and (reason := reasons.get((index, row.number))):
                cells = {column.label: without_numbers_in(row.cells[column.index])[0] for column in columns}
                yield [cells.get(label) for label in labels], reason
