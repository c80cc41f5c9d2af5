"""What a sheet says without words, before a person: each colour asked once, comments and pictures on the entry."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import xlsxwriter

from tests.desk.live_site import PROBLEMS
from tests.desk.test_browser_import import accepted, previewed
from tests.desk.visit import Visit, Visiting
from tests.formats.sheet.test_sheet_signs import PIXEL

HEADER = ("序号", "问题描述", "责任单位", "整改措施", "证件号")
NUMBER = "110105199003074514"


def coloured(path: Path) -> Path:
    """Four rows: red, yellow, green, and one hidden; a comment, a picture, and a column of identity numbers."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("表一")
        looks = [book.add_format({"bg_color": colour}) for colour in ("#FF0000", "#FFFF00", "#00B050")]
        page.write_row(0, 0, HEADER)
        for n, look in enumerate([*looks, None], start=1):
            page.write_row(n, 0, [n, f"颜色表里的第 {n} 件", "城关镇", "清理", NUMBER], look)
        page.write_comment("B3", "现场去看过两次", {"author": "王五"})
        page.insert_image("D3", "现场.png", {"image_data": BytesIO(PIXEL)})
        page.set_row(4, None, None, {"hidden": True})
    return path


def means(window: Visit, words: str, meaning: str) -> None:
    window.page.get_by_label(words).select_option(label=meaning)


def read_again(window: Visit) -> str:
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="按所选重新查看").first.click()
    return window.text()


def entry_called(window: Visit, title: str) -> str:
    window.goto(f"ledgers/{PROBLEMS}/?q={title}")
    window.page.get_by_role("cell", name=title).locator("xpath=..").get_by_role("link").first.click()
    return window.text()


def test_colours_are_given_a_meaning_and_comments_and_pictures_arrive_on_the_entry(
    visit: Visiting, tmp_path: Path
) -> None:
    clerk = visit("clerk")
    preview = previewed(clerk, PROBLEMS, coloured(tmp_path / "颜色.xlsx"))
    for words in (
        "红色 整行",
        "黄色 整行",
        "绿色 整行",
        "批注 1 条",
        "图片 1 张",
        "隐藏的行",
        "E 证件号（证件号码）",
    ):
        assert words in preview
    assert NUMBER not in clerk.page.content()
    means(clerk, "黄色 整行", "整改中")
    means(clerk, "绿色 整行", "已销号")
    means(clerk, "隐藏的行", "不导入")
    assert "隐藏行，按选择未导入" in read_again(clerk)
    assert "已导入 3 条" in accepted(clerk)
    second = entry_called(clerk, "颜色表里的第 2 件")
    for words in ("整改中", "原表批注 B3（王五）：现场去看过两次", "黄色 整行：整改中", "PNG"):
        assert words in second
    assert clerk.page.locator("#files ~ ul a, .pair img").count() == 1
    assert "历史销号" in entry_called(clerk, "颜色表里的第 3 件")
    clerk.goto(f"ledgers/{PROBLEMS}/?q=颜色表里的第 4 件")
    assert "没有符合条件的条目" in clerk.text()


def test_the_page_on_personal_data_is_reached_from_every_page(visit: Visiting) -> None:
    handler = visit("handler")
    handler.goto("")
    handler.page.get_by_role("link", name="个人信息怎样保存").click()
    text = handler.text()
    for words in ("责任人及电话", "留言用户", "启封", "证件号码", "60 分钟", "密钥"):
        assert words in text
