"""A row whose key the ledger knows: unchanged, or changed and not taken; never registered again, never leaked."""

from __future__ import annotations

from pathlib import Path

import pytest

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger.handle import handle
from tests.ledger.office import Office, done, row_counts, rows
from tests.ledger.sheets_in import HEADER, counts, entries, imported, keyed_ledger, sheet

OLD = [[1, "路灯不亮", "城关镇", "2026-12-01", ""]]
NEW = [[1, "路灯不亮", "柳林镇", "2026-12-09", ""]]


@pytest.fixture
def keyed(office: Office) -> int:
    return keyed_ledger(office, "title")


def test_a_changed_row_is_not_taken_and_both_values_are_told(
    office: Office, keyed: int, tmp_path: Path
) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", OLD), ledger_id=keyed)
    before = row_counts()
    report = imported(office, sheet(tmp_path / "二.xlsx", NEW), ledger_id=keyed)
    assert counts(report) == (1, 0, 0, 1, 0)
    assert [(one.cell, one.message) for one in report.errors] == [
        ("C2", "台账现为“城关镇”，表里是“柳林镇”；未采用"),
        ("D2", "台账现为“2026-12-01”，表里是“2026-12-09”；未采用"),
    ]
    assert row_counts() == before


def test_what_was_amended_to_what_the_file_says_is_unchanged(
    office: Office, keyed: int, tmp_path: Path
) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", OLD), ledger_id=keyed)
    ((entry_id,),) = rows("SELECT entry_id FROM entry")
    changes = {"unit": "柳林镇", "due": "2026-12-09"}
    done(handle([c.AmendEntry(entry_id=entry_id, changes=changes)], office.clerk))
    report = imported(office, sheet(tmp_path / "二.xlsx", NEW), ledger_id=keyed)
    assert counts(report) == (1, 0, 1, 0, 0)


def test_of_sealed_values_only_that_they_differ_is_told(office: Office, keyed: int, tmp_path: Path) -> None:
    header = ("问题", "联系电话", "来信原文")
    imported(
        office, sheet(tmp_path / "一.xlsx", [["路灯", "13800001111", "我叫甲"]], header), ledger_id=keyed
    )
    path = sheet(tmp_path / "二.xlsx", [["路灯", "13800002222", "我叫甲"]], header)
    report = imported(office, path, ledger_id=keyed)
    assert counts(report) == (1, 0, 0, 1, 0)
    assert [(one.cell, one.field) for one in report.errors] == [("B2", "联系电话、来信原文")]
    assert not any(secret in str(report.as_json()) for secret in ("1380000", "我叫"))


def test_a_key_twice_in_one_file_is_refused_or_a_mere_copy(
    office: Office, keyed: int, tmp_path: Path
) -> None:
    lines = [*OLD, [2, "路灯不亮", "柳林镇", "", ""], [3, "路灯不亮", "城关镇", "2026-12-01", ""]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines), ledger_id=keyed)
    assert counts(report) == (3, 1, 1, 0, 1)
    assert report.errors[0].cell == "B3"
    assert "B2" in report.errors[0].message
    assert report.suspicions[0]["cell"] == "B4"


def test_an_empty_key_is_refused_with_its_cell(office: Office, tmp_path: Path) -> None:
    ledger_id = keyed_ledger(office, "phone")
    path = sheet(tmp_path / "一.xlsx", [["路灯", ""], ["井盖", "13800001111"]], ("问题", "联系电话"))
    report = imported(office, path, ledger_id=ledger_id)
    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.errors[0].cell == "B2"


def test_an_accusation_hides_the_earlier_entry_from_the_named_unit(
    office: Office, keyed: int, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "一.xlsx", [["路灯"]], ("问题",))
    imported(office, path, ledger_id=keyed)
    ((entry_id,),) = rows("SELECT entry_id FROM entry")
    accused = c.SetFlag(entry_id=entry_id, flag="accusation", named_units=(office.town,))
    done(handle([accused], office.desk))
    theirs = Actor.alone(office.agent("站员庚", office.section, "register"))
    assert counts(imported(office, path, theirs, ledger_id=keyed)) == (1, 1, 0, 0, 0)


def test_an_entry_out_of_scope_is_known_but_not_shown(office: Office, keyed: int, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", OLD), office.clerk, ledger_id=keyed)
    elsewhere = Actor.alone(office.agent("乙县员壬", office.other_county, "register"))
    report = imported(office, sheet(tmp_path / "二.xlsx", NEW), elsewhere, ledger_id=keyed)
    assert counts(report) == (1, 0, 0, 1, 0)
    assert "城关镇" not in str(report.as_json())
    assert "2026-12-01" not in str(report.as_json())


def test_another_mapping_does_not_register_rows_again(office: Office, tmp_path: Path) -> None:
    header = (*HEADER, "天气")
    path = sheet(tmp_path / "一.xlsx", [[*OLD[0], "晴"]], header)
    imported(office, path)
    report = imported(office, path, given={"天气": "measure"})
    assert counts(report) == (1, 0, 0, 1, 0)
    assert report.errors[0].message == "台账现为空，表里是“晴”；未采用"
    assert len(entries(office.ledger_id)) == 1
