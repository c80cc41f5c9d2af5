"""导入 in the browser: what each column is registered as, seen before anything is written."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taizhang.desk import preview, uploads
from tests.desk.staff import Staff
from tests.ledger.office import row_counts, rows

Lines = Sequence[Sequence[Any]]
LAMPS: Lines = [["问题", "情况", "天气"], ["路灯不亮", "已换灯", "晴"], ["井盖缺失", "在补", "雨"]]
TWO_COLUMNS: Lines = [row[:2] for row in LAMPS]


def book(tmp_path: Path, **sheets: Lines) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        page = made.create_sheet(name)
        for line in lines:
            page.append(line)
    path = tmp_path / "问题.xlsx"
    made.save(path)
    return path


class Import:
    """One file on its way into the sample ledger, as a clerk has it before him."""

    def __init__(self, browser: Client, path: Path) -> None:
        self.browser = browser
        file = SimpleUploadedFile(path.name, path.read_bytes())
        self.address = browser.post("/ledgers/sample/import/", {"file": file})["Location"]
        self.look()

    def look(self) -> None:
        self.page = self.browser.get(self.address)
        self.text = self.page.content.decode()

    def choose(self, act: str = "read", **columns: str) -> None:
        """`表一_B="title"` chooses 问题 for column B of 表一; everything else is sent as it is shown."""
        typed = {name.replace("_", "!"): value for name, value in columns.items()}
        given = {preview.CHOICE + name: value for name, value in {**self.values, **typed}.items()}
        answer = self.browser.post(self.address, {**given, "act": act})
        assert (answer.status_code, answer["Location"]) == (302, self.address)
        self.look()

    @property
    def values(self) -> dict[str, str]:
        return {
            column.name: column.value for sheet in self.page.context["sheets"] for column in sheet.columns
        }

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.page.context["counts"])

    @property
    def may_be_taken(self) -> bool:
        return 'value="take"' in self.text


@pytest.fixture
def clerk(staff: Staff) -> Client:
    return staff.client("clerk")


def titles() -> list[str]:
    return [row[0] for row in rows("SELECT title FROM entry WHERE source_key IS NOT NULL ORDER BY entry_id")]


def test_the_preview_shows_the_first_rows_and_what_becomes_of_each_column(
    clerk: Client, tmp_path: Path
) -> None:
    lines = [["序号", "问题", "情况"], *([n, f"第 {n} 处", f"情况 {n}"] for n in range(1, 8))]
    tried = Import(clerk, book(tmp_path, 表一=lines))
    (sheet,) = tried.page.context["sheets"]
    assert [row[1] for row in sheet.samples] == [f"第 {n} 处" for n in range(1, 6)]
    assert tried.values == {"表一!A": "", "表一!B": "title", "表一!C": "?"}
    assert [column.note for column in sheet.columns] == [
        "行号，不登记",
        "",
        "没有对上字段，内容不登记；填有 7 格",
    ]
    tried.choose(表一_C="measure")
    (sheet,) = tried.page.context["sheets"]
    assert [column.note for column in sheet.columns] == ["行号，不登记", "", ""]
    selects = re.findall(r'<select [^>]*id="([^"]+)"', tried.text)
    assert len(selects) == 3 and all(f'<label for="{name}">' in tried.text for name in selects)


def test_a_choice_is_read_again_without_writing_and_is_what_is_taken(clerk: Client, tmp_path: Path) -> None:
    before = row_counts()
    tried = Import(clerk, book(tmp_path, 表一=LAMPS))
    tried.choose(表一_B="measure", 表一_C="")
    assert tried.values == {"表一!A": "title", "表一!B": "measure", "表一!C": ""}
    assert tried.counts["新登记"] == 2 and row_counts() == before
    tried.choose("take")
    assert "已导入 2 条" in tried.text and "C 天气（2）" in tried.text
    assert rows("SELECT fields->>'measure' FROM entry WHERE source_key IS NOT NULL ORDER BY entry_id") == [
        ("已换灯",), ("在补",),
    ]  # fmt: skip


def test_a_choice_not_yet_looked_at_is_shown_before_it_is_taken(clerk: Client, tmp_path: Path) -> None:
    tried = Import(clerk, book(tmp_path, 表一=TWO_COLUMNS))
    tried.choose("take", 表一_A="", 表一_B="title")
    assert titles() == [] and "请先看按新选择读出的结果" in tried.text
    tried.choose("take")
    assert titles() == ["已换灯", "在补"]


def test_two_columns_on_one_field_are_said_and_cannot_be_taken(clerk: Client, tmp_path: Path) -> None:
    tried = Import(clerk, book(tmp_path, 表一=TWO_COLUMNS))
    tried.choose(表一_B="title")
    assert "工作表“表一”的 A 问题、B 情况 都指定为“问题”，只能有一列。" in tried.text
    assert not tried.may_be_taken and tried.values["表一!A"] == tried.values["表一!B"] == "title"
    tried.choose("take")
    assert titles() == []
    tried.choose(表一_A="measure")
    assert tried.may_be_taken


def test_a_needed_field_without_a_column_is_said(clerk: Client, tmp_path: Path) -> None:
    tried = Import(clerk, book(tmp_path, 表一=TWO_COLUMNS))
    tried.choose(表一_A="")
    assert "缺少必需的列：问题" in tried.text and not tried.may_be_taken
    tried.choose("anew")
    assert tried.values["表一!A"] == "title" and tried.may_be_taken


def test_a_sheet_that_fits_badly_can_be_made_to_fit(clerk: Client, tmp_path: Path) -> None:
    lines = [["事情", "天气", "心情"], ["路灯不亮", "晴", "好"]]
    tried = Import(clerk, book(tmp_path, 表一=lines))
    assert tried.page.status_code == 200 and not tried.may_be_taken
    assert "缺少必需的列：问题" in tried.text and "--map" not in tried.text
    tried.choose(表一_A="title")
    assert "没有对上的列：B 天气、C 心情" in tried.text
    tried.choose(表一_B="")
    tried.choose("take")
    assert titles() == ["路灯不亮"]


def test_each_sheet_has_its_own_columns(clerk: Client, tmp_path: Path) -> None:
    tried = Import(clerk, book(tmp_path, 表一=LAMPS[:2], 表二=[["情况", "问题"], ["井盖缺失", "在补"]]))
    tried.choose(表一_B="measure", 表一_C="", 表二_A="title", 表二_B="measure")
    tried.choose("take")
    assert titles() == ["路灯不亮", "井盖缺失"]


def test_a_sheet_left_alone_is_not_taken_along_with_one_that_was_chosen(
    clerk: Client, tmp_path: Path
) -> None:
    other = [["问题", "甲", "乙", "丙"], ["别的事", "1", "2", "3"]]
    tried = Import(clerk, book(tmp_path, 表一=LAMPS, 表二=other))
    assert [(sheet.name, sheet.fits) for sheet in tried.page.context["sheets"]] == [
        ("表一", False),
        ("表二", False),
    ]
    tried.choose(表一_B="measure")
    assert "列与方案不符，这张表现在不导入" in tried.text
    tried.choose("take")
    assert titles() == ["路灯不亮", "井盖缺失"]


def test_what_was_taken_is_still_shown_on_coming_back_and_is_taken_once(
    clerk: Client, tmp_path: Path
) -> None:
    tried = Import(clerk, book(tmp_path, 表一=[row[:1] for row in LAMPS]))
    tried.choose("take")
    tried.look()
    assert "导入结果" in tried.text and tried.counts["新登记"] == 2
    again = clerk.post(tried.address, {"act": "take"})
    assert (again.status_code, titles()) == (200, ["路灯不亮", "井盖缺失"])


@pytest.mark.parametrize(
    "given", [{"column-表一!A": "nothing"}, {"column-表九!A": "title"}, {"column-\0": "title"}]
)
def test_a_form_made_up_finds_nothing(clerk: Client, tmp_path: Path, given: dict[str, str]) -> None:
    tried = Import(clerk, book(tmp_path, 表一=LAMPS))
    assert clerk.post(tried.address, given).status_code == 404
    assert titles() == []


def test_nobody_else_sees_the_sheet_or_what_came_of_it(staff: Staff, clerk: Client, tmp_path: Path) -> None:
    tried = Import(clerk, book(tmp_path, 表一=TWO_COLUMNS))
    for address in (tried.address, f"{tried.address}skipped/"):
        assert clerk.get(address).status_code == 200
        assert staff.client("county").get(address).status_code == 404
        assert staff.client("handler").get(address).status_code == 403
    assert clerk.get(f"{tried.address}batch/").status_code == 404


def test_a_long_list_begins_on_the_preview_and_goes_on_in_pages(clerk: Client, tmp_path: Path) -> None:
    lines = [["问题", "整改时限"], *([None, f"2026-01-{n % 28 + 1:02}"] for n in range(230))]
    tried = Import(clerk, book(tmp_path, 表一=lines))
    (found,) = [one for one in tried.page.context["lists"] if one.name == "errors"]
    assert (len(found.rows), found.total) == (10, 230)
    assert re.search(r'href="[^"]*/errors/">查看全部 230<', tried.text)
    cells: list[str] = []
    for page in ("", "?page=2", "?page=3"):
        answer = clerk.get(f"{tried.address}errors/{page}")
        cells += [row["cell"] for row in answer.context["rows"]]
        assert "共 230 项" in answer.content.decode()
    assert cells == [f"A{n}" for n in range(2, 232)]
    for page in ("?page=4", "?page=x", "?page=0", f"?page={'9' * 40}"):
        assert clerk.get(f"{tried.address}errors/{page}").context["before"] == 0
    assert "上一页" in clerk.get(f"{tried.address}errors/?page=3").content.decode()


def test_more_columns_than_a_page_takes_are_told(
    clerk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MOST_COLUMNS", 2)
    tried = Import(
        clerk, book(tmp_path, 表一=[["问题", "整改措施", "责任单位"], ["路灯不亮", "换灯", "城关镇"]])
    )
    assert tried.values.keys() == {"表一!A", "表一!B"} and "没有列出的列数：1" in tried.text
    tried.choose("take")
    assert rows("SELECT fields->>'unit' FROM entry WHERE source_key IS NOT NULL") == [("城关镇",)]


def test_an_uploaded_sheet_is_forgotten_after_an_hour_without_being_looked_at(
    clerk: Client, tmp_path: Path
) -> None:
    tried = Import(clerk, book(tmp_path, 表一=TWO_COLUMNS))
    token = tried.address.split("/")[-2]
    kept = sorted(uploads._folder().glob(f"{token}*"))
    assert len(kept) == 3 and all(path.stat().st_mode & 0o077 == 0 for path in kept)
    for path in kept:
        os.utime(path, (time.time() - 3601,) * 2)
    Import(clerk, book(tmp_path, 表一=LAMPS))
    assert clerk.get(tried.address).status_code == 404
    assert not any(path.exists() for path in kept)
