"""What is asked of a book outside of an import: which of its tables, and what stands in its columns."""

from __future__ import annotations

from contextlib import closing
from datetime import time
from itertools import islice

from taizhang.core.parsed import Scalar
from taizhang.core.playbook_infer import Column
from taizhang.formats.sheet.book import Book, Sheet
from taizhang.formats.sheet.cells import Cell, CellError
from taizhang.formats.sheet.grid import Row
from taizhang.formats.sheet.refusals import NoSuchTable, NoTable

MOST_ROWS = 20_000
"""Data rows a draft is made from; what a column holds shows long before."""


def tables_of(book: Book) -> list[Sheet]:
    """The sheets that hold a table with a header: the visible ones, or all where none is."""
    tables = [sheet for sheet in book.sheets if sheet.columns]
    return [sheet for sheet in tables if not sheet.hidden] or tables


def table_of(book: Book, name: str | None = None) -> Sheet:
    """The sheet of this name, hidden or not, else the first of `tables_of`. Raises NoTable and NoSuchTable."""
    tables = tables_of(book)
    if not tables:
        raise NoTable
    if name is None:
        return tables[0]
    found = [sheet for sheet in book.sheets if sheet.columns and sheet.name == name]
    if not found:
        raise NoSuchTable(name=name, tables="、".join(sheet.name for sheet in book.sheets if sheet.columns))
    return found[0]


def contents_of(sheet: Sheet) -> tuple[list[Column], int]:
    """The columns with what stands in them, and how many data rows were looked at."""
    with closing(sheet.rows()) as every:
        rows = [row.cells for row in islice((row for row in every if isinstance(row, Row)), MOST_ROWS)]
    columns = [Column(column.label, [scalar(row[column.index]) for row in rows]) for column in sheet.columns]
    return columns, len(rows)


def scalar(cell: Cell) -> Scalar:
    """A cell as the core knows values: a time of day as text, a failed formula as nothing."""
    if isinstance(cell, CellError):
        return None
    return cell.isoformat("minutes") if isinstance(cell, time) else cell
