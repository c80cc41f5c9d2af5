"""Which table of a book is meant, and what stands in its columns."""

from __future__ import annotations

from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.refusals import NoSuchTable, NoTable
from taizhang.formats.sheet.tables import contents_of, table_of, tables_of

LIST = [["问题", "单位"], ["路灯不亮", "城关镇"], ["井盖缺失", None]]


def book(folder: Path, hidden: tuple[str, ...] = (), **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        page = made.create_sheet(name)
        for line in lines:
            page.append(line)
        page.sheet_state = "hidden" if name in hidden else "visible"
    path = folder / "甲.xlsx"
    made.save(path)
    return path


def test_the_first_visible_table_is_meant_unless_one_is_named(tmp_path: Path) -> None:
    with open_book(book(tmp_path, ("藏",), 空=[], 藏=LIST, 甲=LIST, 乙=LIST)) as opened:
        assert [sheet.name for sheet in tables_of(opened)] == ["甲", "乙"]
        assert table_of(opened).name == "甲"
        assert (table_of(opened, "乙").name, table_of(opened, "藏").name) == ("乙", "藏")
        with pytest.raises(NoSuchTable, match="没有名为“空”的工作表。有表格的是：藏、甲、乙"):
            table_of(opened, "空")


def test_where_every_table_is_hidden_the_first_of_them_is_meant(tmp_path: Path) -> None:
    with open_book(book(tmp_path, ("藏",), 空=[], 藏=LIST)) as opened:
        assert table_of(opened).name == "藏"


def test_a_book_without_a_table_is_refused(tmp_path: Path) -> None:
    with open_book(book(tmp_path, 空=[])) as opened, pytest.raises(NoTable):
        table_of(opened)


def test_columns_come_with_their_cells_and_the_number_of_rows(tmp_path: Path) -> None:
    with open_book(book(tmp_path, 甲=LIST)) as opened:
        columns, rows = contents_of(table_of(opened))
    assert rows == 2
    assert [(column.label, list(column.samples)) for column in columns] == [
        ("问题", ["路灯不亮", "井盖缺失"]),
        ("单位", ["城关镇", None]),
    ]
