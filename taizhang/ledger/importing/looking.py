"""A book before it is imported: what becomes of each column, and its first rows, so that a person can choose."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from taizhang.core.field_readers import shown
from taizhang.core.playbook import Field, Playbook
from taizhang.formats.sheet.book import Book, Sheet
from taizhang.formats.sheet.grid import Column, Row
from taizhang.ledger.importing.mapping import ColumnMap, map_columns
from taizhang.ledger.importing.rows import as_raw

SAMPLES = 5
"""Rows of each sheet that are shown."""

Standing = Literal["fills", "left_out", "serial", "own", "unplaced"]


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """What becomes of a column: it `fills` a field, is left out by the user, counts the rows, is one an export
    of ours added (`own`), or finds no field; then `taken_by` or `nearest` may say why not."""

    column: Column
    standing: Standing
    field: Field | None = None
    taken_by: Column | None = None
    nearest: Field | None = None


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """`samples` are the first rows as texts, column by column; `missing` the needed fields without a column."""

    name: str
    columns: tuple[SeenColumn, ...]
    fits: bool
    missing: tuple[Field, ...]
    samples: tuple[tuple[str, ...], ...]


def look(book: Book, playbook: Playbook, given: Mapping[str, str]) -> tuple[SeenSheet, ...]:
    """The sheets an import would look at, under the user's assignments. Raises SheetRefused from reading."""
    return tuple(_seen(sheet, playbook, given) for sheet in book.sheets if not (sheet.empty or sheet.hidden))


def _seen(sheet: Sheet, playbook: Playbook, given: Mapping[str, str]) -> SeenSheet:
    columns = map_columns(sheet.columns, playbook, given, sheet.name)
    seen = _standings(columns)
    return SeenSheet(
        sheet.name,
        tuple(seen.get(column.index) or SeenColumn(column, "own") for column in sheet.columns),
        columns.fits,
        columns.missing,
        _samples(sheet),
    )


def _standings(columns: ColumnMap) -> dict[int, SeenColumn]:
    fills = (SeenColumn(each.column, "fills", each.field) for each in columns.mapped)
    counts = (SeenColumn(column, "serial") for column in columns.serials)
    others = (
        SeenColumn(
            each.column,
            "left_out" if each.left_out else "unplaced",
            taken_by=each.taken_by,
            nearest=each.nearest,
        )
        for each in columns.unmapped
    )
    return {one.column.index: one for one in (*fills, *counts, *others)}


def _samples(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    with closing(sheet.rows()) as rows:
        first = islice((row for row in rows if isinstance(row, Row)), SAMPLES)
        return tuple(_texts(row, sheet) for row in first)


def _texts(row: Row, sheet: Sheet) -> tuple[str, ...]:
    cells = (row.cells[column.index] for column in sheet.columns)
    return tuple("" if cell is None else shown(as_raw(cell)) for cell in cells)
