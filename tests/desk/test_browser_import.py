"""A sheet on its way in: chosen, previewed without writing, accepted, and counted on the list."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.desk.live_site import LETTERS, SHEETS
from tests.desk.visit import Visit, Visiting

OFFICE_SHEET = Path(__file__).parents[3] / "shared" / "data" / "messages" / "附件4_示例.xlsx"
HEADER = ("序号", "问题描述", "责任单位", "整改时限", "我们自己的列")
ROWS = (
    (1, "东风路路灯不亮", "城关镇", "2026年12月1日", "甲"),
    (2, "柳林河边倾倒垃圾", "柳林镇", "2026-12-15", "乙"),
    (3, "老街井盖缺失", "城关镇", "尽快", "丙"),
)


def own_sheet(folder: Path) -> Path:
    """A small sheet as an office keeps it: a title over the header, a column no field takes, a date in words."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["清河县问题清单"])
    for row in (HEADER, *ROWS):
        sheet.append(list(row))
    path = folder / "问题清单.xlsx"
    book.save(path)
    return path


def previewed(window: Visit, ledger: str, sheet: Path) -> str:
    """The preview of the sheet; its words."""
    window.goto(f"ledgers/{ledger}/import/")
    window.page.set_input_files("main [type=file]", sheet)
    with window.page.expect_navigation():
        window.page.click("main form:has([type=file]) button.btn-primary")
    return window.text()


def listed(window: Visit, ledger: str) -> str:
    window.goto(f"ledgers/{ledger}/")
    return window.text("#scope")


def accepted(window: Visit) -> str:
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="确认导入").click()
    return window.text()


def test_a_sheet_is_previewed_without_being_written_and_then_accepted(
    visit: Visiting, tmp_path: Path
) -> None:
    clerk = visit("clerk")
    preview = previewed(clerk, SHEETS, own_sheet(tmp_path))
    at_preview = clerk.path
    for words in ("尚未写入", "问题清单.xlsx", "我们自己的列", "尽快"):
        assert words in preview
    assert "共 0 条" in listed(clerk, SHEETS)
    clerk.goto(at_preview)
    assert "已导入 3 条" in accepted(clerk)
    assert "共 3 条" in listed(clerk, SHEETS)
    for _n, title, unit, _due, _own in ROWS:
        assert title in clerk.text() and unit in clerk.text()


def test_what_is_no_sheet_is_refused_in_words(visit: Visiting, tmp_path: Path) -> None:
    picture = tmp_path / "照片.xlsx"
    picture.write_bytes(b"\x89PNG")
    clerk = visit("clerk")
    previewed(clerk, SHEETS, picture)
    assert clerk.page.inner_text("[role=alert]").strip()
    assert clerk.page.locator("main [type=file]").count() == 1


@pytest.mark.skipif(
    not OFFICE_SHEET.exists(), reason="附件4_示例.xlsx of ../shared is no part of the repository"
)
def test_an_offices_own_120_letters_go_in_by_the_browser(visit: Visiting) -> None:
    clerk = visit("clerk")
    preview = previewed(clerk, LETTERS, OFFICE_SHEET)
    assert "尚未写入" in preview and OFFICE_SHEET.name in preview and "120" in preview
    assert "共 0 条" in listed(clerk, LETTERS)
    clerk.page.go_back()
    assert "已导入 120 条" in accepted(clerk)
    assert "共 120 条" in listed(clerk, LETTERS)
