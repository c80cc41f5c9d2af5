"""A book before it is imported: what becomes of each column, and its first rows, so that a person can choose."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from taizhang.core.field_readers import shown
from taizhang.core.playbook import Field, Playbook
from taizhang.core.wording import Label
from taizhang.formats.sheet.book import Book, Sheet
from taizhang.formats.sheet.grid import Column, Row
from taizhang.ledger.importing.choosing import ColumnChoice, map_sheet
from taizhang.ledger.importing.mapping import ColumnMap
from taizhang.ledger.importing.personal import without_numbers
from taizhang.ledger.importing.rows import as_raw

SAMPLES = 5
"""Rows of each sheet that are shown."""

Standing = Literal["fills", "left_out", "serial", "own", "unplaced", "barred"]


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """What becomes of a column: it `fills` a field, is left out by the user, counts the rows, is one an export
    of ours added (`own`), finds no field, then `taken_by` or `nearest` may say why not, or is `barred` because it
    is about persons; then `why` says how, and `field` is the sealed one it would fill for a reason. `reason`: why
    such a one is taken."""

    column: Column
    standing: Standing
    field: Field | None = None
    taken_by: Column | None = None
    nearest: Field | None = None
    why: Label | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """`samples` are the first rows as texts, column by column; `missing` the needed fields without a column."""

    name: str
    columns: tuple[SeenColumn, ...]
    fits: bool
    missing: tuple[Field, ...]
    samples: tuple[tuple[str, ...], ...]


def look(book: Book, playbook: Playbook, choice: ColumnChoice) -> tuple[SeenSheet, ...]:
    """The sheets an import would look at, under the user's choice. Raises SheetRefused from reading."""
    return tuple(_seen(sheet, playbook, choice) for sheet in book.sheets if not (sheet.empty or sheet.hidden))


def _seen(sheet: Sheet, playbook: Playbook, choice: ColumnChoice) -> SeenSheet:
    columns = map_sheet(sheet, playbook, choice)
    seen = _standings(columns)
    return SeenSheet(
        sheet.name,
        tuple(seen.get(column.index) or SeenColumn(column, "own") for column in sheet.columns),
        columns.fits,
        columns.missing,
        _samples(sheet, {each.column.index for each in columns.barred}),
    )


def _standings(columns: ColumnMap) -> dict[int, SeenColumn]:
    fills = (
        SeenColumn(each.column, "fills", each.field, reason=columns.admitted.get(each.column.index, ""))
        for each in columns.mapped
    )
    barred = (
        SeenColumn(each.column, "barred", each.field, why=each.why, reason=each.reason)
        for each in columns.barred
    )
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
    return {one.column.index: one for one in (*fills, *counts, *others, *barred)}


def _samples(sheet: Sheet, barred: Collection[int]) -> tuple[tuple[str, ...], ...]:
    """The first rows, without what stands in barred columns."""
    with closing(sheet.rows()) as rows:
        first = islice((row for row in rows if isinstance(row, Row)), SAMPLES)
        return tuple(_texts(row, sheet, barred) for row in first)


def _texts(row: Row, sheet: Sheet, barred: Collection[int]) -> tuple[str, ...]:
    cells = (None if column.index in barred else row.cells[column.index] for column in sheet.columns)
    return tuple("" if cell is None else without_numbers(shown(as_raw(cell))) for cell in cells)
