"""Sheets in, and the board out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

from taizhang.core import commands as c
from taizhang.ledger.handle import handle
from tests.api.callers import Caller, Staff, fault, places, read
from tests.ledger.office import Office, done, rows
from tests.ledger.sheets_in import sheet
from tests.ledger.test_importing_personal import PLANTED

LINES = [(1, "路灯不亮", "城关镇", "2026-12-01", None), (2, "井盖缺失", "城关镇", "立行立改", "是")]


def send(who: Caller, path: Path, ledger: str = "sample", **wish: Any) -> HttpResponse:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return who.client.post(f"/api/ledgers/{ledger}/import", {"file": file, **wish})  # type: ignore[return-value]


def written(tmp_path: Path, lines: Sequence[Sequence[Any]] = LINES) -> Path:
    return sheet(tmp_path / "问题.xlsx", lines)


def test_a_sheet_is_tried_then_taken_then_known(staff: Staff, tmp_path: Path) -> None:
    path = written(tmp_path)
    tried = read(send(staff.clerk, path, dry_run=True))
    assert (tried["read"], tried["registered"], tried["claimed"], tried["dry_run"]) == (2, 2, 1, True)
    assert tried["batch"] is None and rows("SELECT count(*) FROM entry") == [(0,)]
    taken = read(send(staff.clerk, path))
    assert taken["registered"] == 2 and taken["batch"] and taken["suspicions"]
    again = read(send(staff.clerk, path, language="en"))
    assert (again["registered"], again["unchanged"]) == (0, 2)


def test_columns_may_be_named_by_the_caller(staff: Staff, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", [("灯坏", "甲")], header=("事情", "经办"))
    assert places(send(staff.clerk, path)) == {"body.file": "columns_do_not_fit"}
    assert read(send(staff.clerk, path, map=["事情=title"]))["registered"] == 1
    left_out = read(send(staff.clerk, path, map=["事情=title", "经办="], dry_run=True))["unmapped"]
    assert [(each["label"], each.get("left_out")) for each in left_out] == [("经办", True)]
    assert places(send(staff.clerk, path, maps=["事情=title"])) == {"body.maps": "extra_forbidden"}
    assert places(send(staff.clerk, path, map=["=title"])) == {"body.map": "invalid"}
    assert places(send(staff.clerk, path, map=["事情和"])) == {"body.map": "invalid"}
    assert places(send(staff.clerk, path, map=["无=title"])) == {"body.file": "no_such_column"}


def test_colours_and_columns_about_persons_follow_the_same_rules(staff: Staff, tmp_path: Path) -> None:
    lines = [("灯坏", PLANTED[0]), ("井坏", PLANTED[1])]
    path = sheet(tmp_path / "x.xlsx", lines, header=("问题", "证件号"))
    book = openpyxl.load_workbook(path)
    for cell in book.worksheets[0][2]:
        cell.fill = PatternFill("solid", fgColor="FFFF0000")
    book.save(path)
    tried = read(send(staff.clerk, path, dry_run=True))
    assert [(one["mark"], one["rows"]) for one in tried["marks"]] == [("FF0000", 1)]
    assert [one["label"] for one in tried["barred"]] == ["证件号"] and PLANTED[0] not in str(tried)
    assert places(send(staff.clerk, path, mark=["FF0000"])) == {"body.mark": "invalid"}
    assert places(send(staff.clerk, path, mark=["00FF00=new"])) == {"body.file": "no_such_mark"}
    assert send(staff.clerk, path, take_personal=["证件号=救助核对"]).status_code == 403
    assert read(send(staff.clerk, path, mark=["FF0000=closed"]))["claimed"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"%PDF-1.7 no sheet", "not_a_sheet"), (b"PK\x03\x04", "corrupt")],
)
def test_what_is_no_sheet_is_refused_in_words(
    staff: Staff, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert places(send(staff.clerk, path)) == {"body.file": code}


def test_importing_is_for_who_may_register(staff: Staff, tmp_path: Path) -> None:
    path = written(tmp_path)
    assert fault(send(staff.worker, path), 403)["code"] == "may_not_import"
    assert fault(send(Caller(), path), 401)["code"] == "not_signed_in"
    assert fault(send(staff.clerk, path, ledger="none"), 404)["code"] == "LedgerUnknown"
    assert fault(staff.clerk.get("ledgers/sample/import"), 405)["code"] == "wrong_method"
    assert places(staff.clerk.client.post("/api/ledgers/sample/import", {})) == {"body.file": "missing"}  # type: ignore[arg-type]
    assert places(send(staff.clerk, path, sheet="表\0")) == {"body.sheet": "not_storable"}
    assert rows("SELECT count(*) FROM entry") == [(0,)]


def counts(board: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {(row["unit"] or {"name": "—"})["name"]: row["counts"] for row in board["rows"]}


def test_each_number_of_the_board_opens_as_many_rows(staff: Staff, office: Office) -> None:
    office.reported_done(office.assigned(unit=office.town))
    office.assigned(unit=office.other_town)
    office.registered()
    entry = office.assigned(unit=office.checking)
    flag = {"flag": "accusation", "named_units": [office.other_county]}
    done(handle([c.SetFlag(entry_id=entry, **flag)], office.desk))  # type: ignore[arg-type]
    board = read(staff.clerk.get("ledgers/sample/board"))
    assert counts(board) == {
        "—": {"new": 1}, "城关镇": {"done": 1}, "柳林镇": {"assigned": 1}, "督查室": {"assigned": 1},
    }  # fmt: skip
    assert board["total"] == 4 and board["scope"]["zh"] == "全站"
    for who in (staff.clerk, staff.county, staff.stranger):
        board = read(who.get("ledgers/sample/board"))
        for row in board["rows"]:
            for stage, n in row["counts"].items():
                unit = row["unit"]["id"] if row["unit"] else 0
                page = read(who.get("ledgers/sample/entries", stage=stage, lead_unit=unit, count=True))
                assert page["count"] == n
    assert counts(read(staff.stranger.get("ledgers/sample/board"))) == {"柳林镇": {"assigned": 1}}


def test_a_board_of_an_earlier_day_says_how_it_was(staff: Staff, office: Office) -> None:
    office.assigned()
    yesterday = (office.today - timedelta(days=1)).isoformat()
    board = read(staff.clerk.get("ledgers/sample/board", as_of=yesterday))
    assert (board["as_of"], board["rows"], board["total"]) == (yesterday, [], 0)
    tomorrow = (office.today + timedelta(days=1)).isoformat()
    assert places(staff.clerk.get("ledgers/sample/board", as_of=tomorrow)) == {"query.as_of": "in_the_future"}
    assert places(staff.clerk.get("ledgers/sample/board", as_off=yesterday)) == {"query.as_off": "unknown"}
    assert fault(staff.clerk.post("ledgers/sample/board", {}), 405)["code"] == "wrong_method"
