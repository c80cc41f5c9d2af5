"""What a sheet says without words reaches the ledger: colours as asked, comments and pictures on their entry."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]

from taizhang.core import commands as c
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.ledger.handle import handle
from taizhang.ledger.importing.marks import MOST
from taizhang.ledger.importing.refusals import NoSuchMark, NoSuchMeaning
from tests.formats.sheet.test_sheet_signs import PIXEL
from tests.ledger.office import Office, refusals, row_counts, rows
from tests.ledger.sheets_in import HEADER, counts, entries, imported, ledger_with, sheet

LINES = [
    [1, "路灯不亮", "城关镇", "2026-12-01", ""],
    [2, "井盖缺失", "柳林镇", "2026-12-02", ""],
    [3, "占道经营", "城关镇", "2026-12-03", ""],
    [4, "垃圾未清", "", "", ""],
]
RED, YELLOW, GREEN = "FF0000", "FFFF00", "00B050"


def changed(path: Path, change: Callable[[Any], None], lines: list[list[Any]] = LINES) -> Path:
    sheet(path, lines)
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return path


def painted(path: Path, colours: dict[int, str], lines: list[list[Any]] = LINES) -> Path:
    """The sheet with whole rows in colour, by their number."""

    def paint(page: Any) -> None:
        for row, colour in colours.items():
            for cell in page[row]:
                cell.fill = PatternFill("solid", fgColor=f"FF{colour}")

    return changed(path, paint, lines)


def test_each_colour_is_told_once_with_its_rows_and_means_nothing_by_itself(
    office: Office, tmp_path: Path
) -> None:
    path = painted(tmp_path / "一.xlsx", {2: RED, 3: YELLOW, 4: RED})
    report = imported(office, path)
    assert [(one["mark"], one["words"], one["rows"], one["cell"], one["example"]) for one in report.marks] == [
        (RED, "红色 整行", 2, "A2", "路灯不亮"), (YELLOW, "黄色 整行", 1, "A3", "井盖缺失"),
    ]  # fmt: skip
    assert [entry["stage"] for entry in entries(office.ledger_id)] == ["new"] * 4
    assert rows("SELECT DISTINCT source->>'note' FROM event") == [(None,)]


def test_a_colour_given_a_stage_brings_its_rows_there_and_one_that_says_closed_is_a_claim(
    office: Office, tmp_path: Path
) -> None:
    path = painted(tmp_path / "一.xlsx", {2: RED, 3: YELLOW, 4: GREEN, 5: YELLOW})
    meant = {RED: "new", YELLOW: "整改中", GREEN: "closed"}
    report = imported(office, path, marks=meant)
    lamp, cover, stalls, rubbish = entries(office.ledger_id)
    assert [one["stage"] for one in (lamp, cover, stalls)] == ["new", "working", CLAIMED_STAGE]
    assert (stalls["closure_claimed"], report.claimed) == ("已销号", 1)
    assert rubbish["stage"] == "new", "nobody answers for it, so it cannot be under way"
    assert any("缺少牵头单位" in one["message"] and one["cell"] == "A5" for one in report.suspicions)
    notes = [note for (note,) in rows("SELECT source->>'note' FROM event ORDER BY recorded_at, entry_id")]
    assert notes[1] == "黄色 整行：整改中" and "绿" in notes[2]


def test_what_a_colour_says_is_closed_can_be_closed_by_nobody_without_a_verification(
    office: Office, tmp_path: Path
) -> None:
    meant = {RED: "closed", YELLOW: "verified"}
    imported(office, painted(tmp_path / "一.xlsx", {2: RED, 3: YELLOW}), marks=meant)
    found = rows("SELECT entry_id, stage FROM entry WHERE title IN ('路灯不亮', '井盖缺失')")
    assert [stage for _, stage in found] == [CLAIMED_STAGE] * 2
    for entry_id, _ in found:
        answers = refusals(handle([c.CloseOutEntry(entry_id=entry_id)], office.everything_at(office.city)))
        assert answers == ["NotYourStage"]


def test_a_flag_by_colour_and_ticks_in_columns_stand_for_themselves(office: Office, tmp_path: Path) -> None:
    def tick(page: Any) -> None:
        page["E3"].fill = PatternFill("solid", fgColor="FF5B9BD5")
        page["E4"].fill = PatternFill("solid", fgColor="FF5B9BD5")
        for cell in page[5]:
            cell.font = Font(strike=True)

    report = imported(
        office, changed(tmp_path / "一.xlsx", tick), marks={"5B9BD5@是否销号": "已销号", "strike": "挂账"}
    )
    assert [(one["mark"], one["rows"]) for one in report.marks] == [("strike", 1), ("5B9BD5@是否销号", 2)]
    assert [one["stage"] for one in entries(office.ledger_id)] == ["new", CLAIMED_STAGE, CLAIMED_STAGE, "new"]
    assert rows("SELECT title FROM entry WHERE flags ? 'carried'") == [("垃圾未清",)]


def test_words_go_before_colours_and_what_contradicts_is_listed(office: Office, tmp_path: Path) -> None:
    lines = [[1, "路灯不亮", "城关镇", "", "关闭"], [2, "井盖缺失", "城关镇", "", "整改中"], LINES[2]]
    path = painted(tmp_path / "一.xlsx", {2: YELLOW, 3: GREEN, 4: RED}, lines)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A4"].fill = book.worksheets[0]["B4"].fill = PatternFill(
        "solid", fgColor=f"FF{YELLOW}"
    )
    book.save(path)
    report = imported(office, path, marks={YELLOW: "working", GREEN: "closed", RED: "new"})
    assert [one["stage"] for one in entries(office.ledger_id)] == [CLAIMED_STAGE, "new", "new"]
    assert [one["cell"] for one in report.suspicions] == ["A2", "A3", "A4"]
    assert report.suspicious == 3


def test_what_colours_meant_is_supposed_the_next_time(office: Office, tmp_path: Path) -> None:
    imported(office, painted(tmp_path / "一.xlsx", {2: YELLOW}), marks={YELLOW: "working"})
    more = [[9, "噪声扰民", "城关镇", "", ""], [8, "积水", "城关镇", "", ""]]
    path = painted(tmp_path / "二.xlsx", {2: YELLOW, 3: RED}, more)
    assert [one["meaning"] for one in imported(office, path, dry_run=True).marks] == ["stage:working", ""]
    imported(office, path, marks={RED: "挂账"})
    assert rows("SELECT title, stage FROM entry WHERE title IN ('噪声扰民', '积水') ORDER BY title") == [
        ("噪声扰民", "working"), ("积水", "new"),
    ]  # fmt: skip


def test_a_mark_or_meaning_that_is_not_there_is_refused_before_anything_is_written(
    office: Office, tmp_path: Path
) -> None:
    path, before = painted(tmp_path / "一.xlsx", {2: RED}), row_counts()
    with pytest.raises(NoSuchMark, match="FF0000"):
        imported(office, path, marks={"00FF00": "new"})
    with pytest.raises(NoSuchMeaning, match="整改中"):
        imported(office, path, marks={RED: "完了"})
    assert row_counts() == before


def test_comments_are_kept_with_the_registration_word_for_word(office: Office, tmp_path: Path) -> None:
    def comment(page: Any) -> None:
        page["B2"].comment = Comment("王五:\n灯杆也歪了", "王五")
        page["D1"].comment = Comment("给表头的话", "王五")

    report = imported(office, changed(tmp_path / "一.xlsx", comment))
    kept = rows("SELECT body->'remarks' FROM event WHERE body ? 'remarks'")
    assert kept == [([{"cell": "B2", "text": "灯杆也歪了", "author": "王五"}],)]
    assert (report.remarks, [one["cell"] for one in report.suspicions]) == (1, ["D1"])


def test_a_comment_on_a_sealed_column_is_not_put_into_the_open(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", [["路灯", "13800000000"]], ("问题", "联系电话"))
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["B2"].comment = Comment("他妻子的电话是别的", "王五")
    book.save(path)
    report = imported(office, path)
    assert [one["cell"] for one in report.suspicions] == ["B2"] and report.remarks == 0
    assert "妻子" not in str(report.as_json()) + str(rows("SELECT body, source FROM event"))


def with_pictures(path: Path, *cells: str) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("表一")
        for number, line in enumerate((HEADER, *LINES)):
            page.write_row(number, 0, line)
        for cell in cells:
            page.insert_image(cell, "照片.png", {"image_data": BytesIO(PIXEL)})
    return path


ATTACHING = 'starts_at = "working"'


def test_pictures_become_evidence_of_the_entry_of_their_row(office: Office, tmp_path: Path) -> None:
    path = with_pictures(tmp_path / "一.xlsx", "B2", "B4", "C4")
    report = imported(office, path, office.everything_at(office.city))
    assert (counts(report), report.pictures) == ((4, 4, 0, 0, 0), 3)
    found = rows(
        "SELECT title, count(*) FROM entry JOIN evidence USING (site_id, entry_id) GROUP BY title ORDER BY title"
    )
    assert found == [("占道经营", 2), ("路灯不亮", 1)]
    assert rows("SELECT source->>'note' FROM event WHERE kind = 'EvidenceAttached' ORDER BY 1") == [
        ("表一 B2",), ("表一 B4",), ("表一 C4",),
    ]  # fmt: skip
    again = imported(office, path, office.everything_at(office.city))
    assert (counts(again), again.pictures) == ((4, 0, 4, 0, 0), 0)
    assert [(one["rows"], "再登记" in one["message"]) for one in again.notes] == [(2, True)]


def test_a_picture_nobody_may_attach_is_listed_and_not_stored(office: Office, tmp_path: Path) -> None:
    report = imported(office, with_pictures(tmp_path / "一.xlsx", "B2"))
    assert (report.registered, report.pictures) == (4, 0)
    assert [(one["cell"], "不能附佐证" in one["message"]) for one in report.suspicions] == [("B2", True)]
    assert rows("SELECT count(*) FROM evidence") == [(0,)]


def test_a_dry_run_stores_no_picture(office: Office, tmp_path: Path) -> None:
    before = row_counts()
    report = imported(
        office, with_pictures(tmp_path / "一.xlsx", "B2"), office.everything_at(office.city), dry_run=True
    )
    assert report.pictures == 1 and row_counts() == before


def hide(page: Any) -> None:
    page.row_dimensions[3].hidden = True
    page.column_dimensions["D"].hidden = True


def test_hidden_rows_and_columns_are_told_and_may_be_left_out(office: Office, tmp_path: Path) -> None:
    path = changed(tmp_path / "一.xlsx", hide)
    kept = imported(office, path, dry_run=True)
    assert (kept.read, kept.hidden_rows) == (4, 1)
    report = imported(office, path, takes_hidden=False, takes_hidden_rows=False)
    assert (counts(report), report.hidden_rows) == ((3, 3, 0, 0, 0), 1)
    assert {"row": 3, "why": "隐藏行，按选择未导入", "sheet": "表一"} in report.skipped
    assert [(one["label"], one.get("left_out")) for one in report.unmapped] == [("整改时限", True)]
    assert all(entry["due_on"] is None for entry in entries(office.ledger_id))


def test_a_ledger_whose_sheets_start_later_still_takes_the_colours_word(
    office: Office, tmp_path: Path
) -> None:
    ledger_id = ledger_with(office, ATTACHING)
    imported(office, painted(tmp_path / "一.xlsx", {2: RED}), ledger_id=ledger_id, marks={RED: "new"})
    assert [one["stage"] for one in entries(ledger_id)] == ["new", "working", "working", "working"]


def test_more_colours_than_anybody_can_be_asked_about_are_told(office: Office, tmp_path: Path) -> None:
    lines = [[n, f"第 {n} 件", "城关镇", "", ""] for n in range(MOST + 5)]
    path = painted(tmp_path / "一.xlsx", {n + 2: f"{n + 1:06X}" for n in range(MOST + 5)}, lines)
    report = imported(office, path, dry_run=True)
    assert len(report.marks) == MOST
    assert [words for words in report.unread if str(MOST) in words]
