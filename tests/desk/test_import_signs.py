"""The preview of an import: what is asked about colours, hidden rows and columns, and columns about persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.test import Client
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

from taizhang.desk.preview import CHOICE, REASON
from taizhang.desk.sign_choices import HIDDEN_COLUMNS, HIDDEN_ROWS, MARK
from taizhang.org.models import Post
from tests.desk.staff import Staff
from tests.desk.test_import_columns import Import, book, titles
from tests.ledger.office import rows
from tests.ledger.test_importing_personal import PLANTED

LINES = [["问题", "责任单位", "整改措施"], ["路灯不亮", "城关镇", "换灯"], ["井盖缺失", "城关镇", "补"]]


class Signed(Import):
    """An import whose form also holds what is asked about signs."""

    def send(self, act: str = "read", **chosen: str) -> int:
        shown = {one.name: one.value for part in ("marks", "hidden") for one in getattr(self.signs, part)}
        columns = [
            column for sheet in self.page.context["sheets"] for column in sheet.columns if column.options
        ]
        shown |= {CHOICE + column.name: column.value for column in columns}
        shown |= {column.reason.name: column.reason.value for column in columns if column.reason}
        answer = self.browser.post(self.address, {**shown, **chosen, "act": act})
        if answer.status_code == 302:
            self.look()
        return answer.status_code

    @property
    def signs(self) -> Any:
        return self.page.context["signs"]


@pytest.fixture
def clerk(staff: Staff) -> Client:
    return staff.client("clerk")


@pytest.fixture
def administrator(staff: Staff) -> Client:
    """The clerk, whose post is also to administer."""
    Post.objects.filter(name="clerk岗").update(duties=["register", "administer"])
    return staff.client("clerk")


def changed(path: Path, change: Any) -> Path:
    made = openpyxl.load_workbook(path)
    change(made.worksheets[0])
    made.save(path)
    return path


def red(page: Any) -> None:
    for cell in page[2]:
        cell.fill = PatternFill("solid", fgColor="FFFF0000")


def hide(page: Any) -> None:
    page.row_dimensions[3].hidden = True
    page.column_dimensions["C"].hidden = True


def test_a_colour_is_asked_once_and_remembered_for_the_next_sheet(clerk: Client, tmp_path: Path) -> None:
    tried = Signed(clerk, changed(book(tmp_path, 表一=LINES), red))
    assert [(one.name, one.rows, one.value) for one in tried.signs.marks] == [(f"{MARK}FF0000", 1, "")]
    assert '<rect width="24" height="16" fill="#FF0000">' in tried.text
    tried.send(**{f"{MARK}FF0000": "stage:working"})
    assert titles() == [] and tried.signs.marks[0].value == "stage:working"
    tried.send("take")
    assert rows("SELECT stage FROM entry WHERE title = '路灯不亮'") == [("working",)]
    assert "红色 整行 → 整改中" in " ".join(tried.text.split("</svg>")[1].split())
    again = Signed(clerk, changed(book(tmp_path, 表一=[LINES[0], ["占道", "城关镇", ""]]), red))
    assert again.signs.marks[0].value == "stage:working"


def test_a_meaning_chosen_and_not_yet_looked_at_is_shown_before_it_is_taken(
    clerk: Client, tmp_path: Path
) -> None:
    tried = Signed(clerk, changed(book(tmp_path, 表一=LINES), red))
    tried.send("take", **{f"{MARK}FF0000": "claim:closed"})
    assert titles() == [] and tried.counts["自称已了结，作历史销号"] == 1


def test_hidden_rows_and_columns_are_asked_about(clerk: Client, tmp_path: Path) -> None:
    tried = Signed(clerk, changed(book(tmp_path, 表一=LINES), hide))
    assert [(one.name, one.what, one.value) for one in tried.signs.hidden] == [
        (HIDDEN_ROWS, "1 行", "take"), (HIDDEN_COLUMNS, "C 整改措施", "take"),
    ]  # fmt: skip
    tried.send(**{HIDDEN_ROWS: "leave", HIDDEN_COLUMNS: "leave"})
    assert (tried.counts["读到"], tried.values["表一!C"]) == (1, "")
    tried.send(**{HIDDEN_COLUMNS: "take"})
    assert (tried.counts["读到"], tried.values["表一!C"]) == (1, "measure")
    tried.send("take")
    assert titles() == ["路灯不亮"]


@pytest.mark.parametrize(
    "made_up",
    [
        {f"{MARK}00FF00": ""},
        {f"{MARK}FF0000": "stage:closed"},
        {HIDDEN_COLUMNS: "take"},
        {f"{REASON}表一!A": "因为"},
    ],
)
def test_a_form_made_up_about_signs_finds_nothing(
    clerk: Client, tmp_path: Path, made_up: dict[str, str]
) -> None:
    tried = Signed(clerk, changed(book(tmp_path, 表一=LINES), red))
    assert tried.send(**made_up) == 404


PERSONAL = [["问题", "证件号"], *([f"问题{n}", number] for n, number in enumerate(PLANTED[:3]))]


def kept_files() -> str:
    kept = (path for path in (Path(settings.DATA) / "uploads").glob("*.json"))
    return "".join(path.read_text(encoding="utf-8") for path in kept)


def test_a_clerk_sees_why_a_column_about_persons_stays_out_and_none_of_it(
    clerk: Client, tmp_path: Path
) -> None:
    tried = Signed(clerk, book(tmp_path, 表一=PERSONAL))
    assert "B 证件号（证件号码）" in tried.text and "须由管理员写明理由" in tried.text
    assert REASON not in tried.text, "a clerk cannot say why"
    assert tried.send("take") == 302 and len(titles()) == 3
    assert not any(number in tried.text + kept_files() for number in PLANTED)


def test_a_clerk_who_makes_a_reason_up_finds_nothing(clerk: Client, tmp_path: Path) -> None:
    tried = Signed(clerk, book(tmp_path, 表一=PERSONAL))
    assert tried.send(**{f"{REASON}表一!B": "救助核对", f"{CHOICE}表一!B": "phone"}) == 404
    assert titles() == []


def test_an_administrator_says_why_and_chooses_a_sealed_field(administrator: Client, tmp_path: Path) -> None:
    tried = Signed(administrator, book(tmp_path, 表一=PERSONAL))
    offered = tried.page.context["sheets"][0].columns[1].options
    assert [value for value, _label in offered] == ["?", "phone", "letter"]
    tried.send(**{f"{REASON}表一!B": "要", f"{CHOICE}表一!B": "phone"})
    assert "不少于 4 个字" in tried.text and not tried.may_be_taken
    tried.send(**{f"{REASON}表一!B": "救助核对", f"{CHOICE}表一!B": "?"})
    assert "还要选一个密封字段" in tried.text
    tried.send(**{f"{CHOICE}表一!B": "phone"})
    tried.send("take")
    assert rows("SELECT count(*) FROM sealed") == [(len(PERSONAL) - 1 + 2,)]
    assert rows("SELECT DISTINCT source->>'note' FROM event WHERE source IS NOT NULL") == [
        ("导入“证件号”列的理由：救助核对",)
    ]
