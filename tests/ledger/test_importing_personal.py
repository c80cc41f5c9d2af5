"""Columns about persons: never taken by themselves, for a reason only into a sealed field, and nowhere in plain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from openpyxl.comments import Comment  # type: ignore[import-untyped]

from taizhang.core.actor import Actor
from taizhang.ledger.importing.personal import LEFT_UNSAID, without_numbers
from taizhang.ledger.importing.refusals import MayNotTakePersonal, NoSuchColumn, ReasonTooShort
from taizhang.ledger.opening import open_sealed
from tests.ledger.office import Office, rows
from tests.ledger.sheets_in import counts, entries, imported, read_back, sheet

REASON = "民政局专项救助发放核对"


def valid(prefix: str) -> str:
    """The seventeen digits with the check digit they need."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return prefix + "10X98765432"[sum(w * int(d) for w, d in zip(weights, prefix, strict=True)) % 11]


PLANTED = [valid(f"11010519{year}0307{n:03d}") for n, year in enumerate(range(50, 80), start=1)]


def administrator(office: Office) -> Actor:
    return office.everything_at(office.city)


def everything_kept() -> str:
    """Every row of every table, as text, and every file of the site."""
    tables = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    texts = [str(rows(f'SELECT "{name}"::text FROM "{name}"')) for name in tables]
    files = [path.read_bytes().decode("latin-1") for path in Path(settings.DATA).rglob("*") if path.is_file()]
    return "\n".join(texts + files)


def book_with(path: Path, header: Sequence[str], lines: Sequence[Sequence[Any]]) -> Path:
    return sheet(path, lines, header)


def test_a_number_is_known_by_its_day_of_birth_and_check_digit() -> None:
    number = PLANTED[0]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert without_numbers(f"王五，{number}，男") == f"王五，{LEFT_UNSAID}，男"
    assert without_numbers(f"{number[:6]} {number[6:14]} {number[14:]}") == LEFT_UNSAID
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in number)
    assert without_numbers(full_width) == LEFT_UNSAID
    for text in (wrong, f"9{number}", number[:-1], "202612010000000001", valid("11010519501307001")):
        assert without_numbers(text) == text


@pytest.mark.parametrize(
    "label", ["证件号", "身份证号码", "公民身份证号", "家庭住址", "现居住地", "活动轨迹", "ID number"]
)
def test_a_column_is_known_by_its_header(office: Office, tmp_path: Path, label: str) -> None:
    path = book_with(tmp_path / "一.xlsx", ("问题", label), [["路灯", "甲处"], ["井盖", "乙处"]])
    report = imported(office, path)
    assert (counts(report), [one["label"] for one in report.barred]) == ((2, 2, 0, 0, 0), [label])
    assert report.unmapped == []


def test_income_and_illness_are_about_persons_only_where_persons_are_named(
    office: Office, tmp_path: Path
) -> None:
    header = ("问题", "责任单位", "整改时限", "年收入", "病情")
    assert imported(office, book_with(tmp_path / "一.xlsx", header, [["路灯", "", "", "", ""]])).barred == []
    named = book_with(tmp_path / "二.xlsx", (*header, "户主姓名"), [["路灯", "", "", 1, "", "某"]])
    assert [one["label"] for one in imported(office, named).barred] == ["年收入", "病情"]


def test_a_column_is_known_by_what_stands_in_it(office: Office, tmp_path: Path) -> None:
    lines = [[f"问题{n}", number if n % 3 else "不详"] for n, number in enumerate(PLANTED)]
    path = book_with(tmp_path / "一.xlsx", ("问题", "备注"), lines)
    report = imported(office, path, given={"备注": "measure"})
    assert [(one["label"], one["why"]) for one in report.barred] == [("备注", "证件号码")]
    assert all("measure" not in entry["fields"] for entry in entries(office.ledger_id))


def test_planted_numbers_are_found_nowhere_afterwards(live_office: Office, tmp_path: Path) -> None:
    header = ("序号", "问题", "整改措施", "责任单位", "证件号", "联系电话", "整改时限", "别的")
    lines = [
        [n, f"{n} 号问题", f"已告知 {number} 本人", "城关镇", PLANTED[-1], "", "", number]
        for n, number in enumerate(PLANTED[:20], start=1)
    ]
    lines += [
        [21, f"户主 {PLANTED[20]}", "", PLANTED[21], "", PLANTED[22], PLANTED[23], ""],
        [22, "", PLANTED[24], "", "", "", "", ""],
    ]
    path = book_with(tmp_path / f"名单 {PLANTED[25]}.xlsx", header, lines)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C2"].comment = Comment(f"他的号是 {PLANTED[26]}", "王五")
    book.worksheets[0]["D1"].comment = Comment(PLANTED[27], "王五")
    book.save(path)
    back = tmp_path / "退回.xlsx"
    report = imported(live_office, path, give_back=back)
    assert report.registered >= 20 and report.returned
    told = json.dumps(report.as_json(), ensure_ascii=False)
    kept = everything_kept()
    returned = str(read_back(back))
    for number in PLANTED:
        assert number not in told and number not in kept and number not in returned, number
    measures = [
        entry["fields"]["measure"] for entry in entries(live_office.ledger_id) if "measure" in entry["fields"]
    ]
    assert measures[0] == f"已告知 {LEFT_UNSAID} 本人"
    assert any(one["cell"] == "C2" and "证件号码" in one["message"] for one in report.suspicions)


def test_the_second_import_of_such_a_file_registers_nothing(office: Office, tmp_path: Path) -> None:
    lines = [[f"问题{n}", f"已告知 {number}", number] for n, number in enumerate(PLANTED[:5])]
    path = book_with(tmp_path / "一.xlsx", ("问题", "整改措施", "证件号"), lines)
    assert counts(imported(office, path)) == (5, 5, 0, 0, 0)
    assert counts(imported(office, path)) == (5, 0, 5, 0, 0)


def test_an_administrator_may_say_why_and_the_column_goes_into_a_sealed_field(
    office: Office, tmp_path: Path
) -> None:
    path = book_with(tmp_path / "一.xlsx", ("问题", "证件号"), [["路灯", PLANTED[0]], ["井盖", None]])
    report = imported(
        office, path, administrator(office), given={"证件号": "phone"}, reasons={"证件号": REASON}
    )
    assert (counts(report), report.barred) == ((2, 2, 0, 0, 0), [])
    notes = rows("SELECT source->>'note' FROM event ORDER BY body->>'number'")
    assert notes == [(f"导入“证件号”列的理由：{REASON}",), (None,)], "only where there was something to take"
    ((entry_id,),) = rows("SELECT entry_id FROM entry WHERE title = '路灯'")
    assert PLANTED[0] not in everything_kept()
    opener = office.agent("领导己", office.city)
    assert open_sealed(opener, entry_id, "phone", "核对救助对象") == PLANTED[0]


def test_a_reason_lets_nothing_into_an_open_field(office: Office, tmp_path: Path) -> None:
    path = book_with(tmp_path / "一.xlsx", ("问题", "证件号"), [["路灯", PLANTED[0]]])
    for given in ({}, {"证件号": "measure"}):
        report = imported(
            office, path, administrator(office), given=given, reasons={"证件号": REASON}, dry_run=True
        )
        assert [one["label"] for one in report.barred] == ["证件号"]
        assert "密封字段" in report.barred[0]["cure"]


def test_only_an_administrator_may_say_why_and_must_say_something(office: Office, tmp_path: Path) -> None:
    path = book_with(tmp_path / "一.xlsx", ("问题", "证件号"), [["路灯", PLANTED[0]]])
    with pytest.raises(MayNotTakePersonal):
        imported(office, path, office.clerk, reasons={"证件号": REASON})
    with pytest.raises(ReasonTooShort):
        imported(office, path, administrator(office), reasons={"证件号": "要"})
    with pytest.raises(NoSuchColumn):
        imported(office, path, administrator(office), reasons={"住址": REASON})
    assert entries(office.ledger_id) == []
