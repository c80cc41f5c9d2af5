"""What several commands need of a sheet: which of its tables, and cells as the core knows values."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from taizhang.cli.command import Refused

if TYPE_CHECKING:
    from taizhang.core.parsed import Scalar
    from taizhang.formats.sheet.book import Book, Sheet
    from taizhang.formats.sheet.cells import Cell


def table_of(book: Book, name: str | None = None) -> Sheet:
    """The sheet of this name, else the first visible one that holds a table. Raises Refused."""
    tables = [sheet for sheet in book.sheets if sheet.columns]
    if name is None:
        shown = [sheet for sheet in tables if not sheet.hidden] or tables
    else:
        shown = [sheet for sheet in tables if sheet.name == name]
    if shown:
        return shown[0]
    names = "、".join(sheet.name for sheet in tables)
    if name is None or not names:
        raise Refused("文件里没有带表头的表格。", "The file holds no table with a header.")
    raise Refused(
        f"没有名为“{name}”的工作表。有表格的是：{names}。",
        f"There is no table on a sheet “{name}”. Sheets with one: {names}.",
    )


def scalar(cell: Cell) -> Scalar:
    """A cell as the core knows values: a time of day as text, a failed formula as nothing."""
    from taizhang.formats.sheet.cells import CellError

    if isinstance(cell, CellError):
        return None
    return cell.isoformat("minutes") if isinstance(cell, time) else cell
