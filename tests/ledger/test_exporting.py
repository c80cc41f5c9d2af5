"""A ledger goes out in the columns it came in by, and no further than who asks may see."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from taizhang.core import commands as c
from taizhang.ledger import ledgers
from taizhang.ledger.exporting import export_ledger
from taizhang.ledger.handle import handle
from tests.ledger.office import Office, done, rows
from tests.ledger.sheets_in import counts, imported, read_back, sheet

HEADER = ("序号", "是否销号", "问题", "联系电话", "资金", "整改时限", "责任单位", "天气")
LINES = [
    [7, "", "=1+1", "13800001111", 12.5, "2026-12-01", "城关镇", "晴"],
    [8, "关闭", "0012", "", "", "月底前", "火星科", ""],
]


def exported(office: Office, path: Path, agent: Any = None, language: Any = "zh") -> list[tuple[Any, ...]]:
    ledger = ledgers.by_id(office.ledger_id)
    assert ledger is not None
    count = export_ledger(ledger, agent or office.operator.acting, path, language)
    found = read_back(path)
    assert found[-1][0] == f"共 {count} 条"
    return found


def test_the_imported_columns_come_back_in_their_order(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", LINES, HEADER, title="问题台账"))
    title, header, first, second, _ = exported(office, tmp_path / "出.xlsx")
    assert title[0] == "问题台账"
    assert header == (*HEADER, "台账编号", "当前环节")
    assert isinstance(first[5], datetime)
    assert first[5].date() == date(2026, 12, 1)
    others = first[:5] + first[6:]
    assert others == (1, None, "=1+1", "〔已密封〕", 12.5, "城关镇", None, "2026-00001", "已登记")
    assert second[1:7] == ("关闭", "0012", None, None, "月底前", "火星科")
    assert second[9] == "历史销号·未经本平台核查"


def test_nothing_becomes_a_formula_and_names_stay_text(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", LINES, HEADER))
    exported(office, tmp_path / "出.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "出.xlsx").worksheets[0]
    assert {(cells.cell(row, 3).data_type, cells.cell(row, 3).number_format) for row in (3, 4)} == {
        ("s", "@")
    }


def test_without_an_import_the_playbooks_fields_are_the_columns(office: Office, tmp_path: Path) -> None:
    office.registered("路灯不亮")
    header = exported(office, tmp_path / "出.xlsx")[1]
    assert header == (*(field.label.zh for field in office.playbook.fields), "台账编号", "当前环节")


def test_only_what_may_be_seen_is_exported(office: Office, tmp_path: Path) -> None:
    office.assigned("城关的事")
    office.assigned("柳林的事", office.other_town)
    seen = exported(office, tmp_path / "出.xlsx", office.worker.acting)
    assert [row[0] for row in seen[2:]] == ["城关的事", "共 1 条"]


def test_an_entry_that_moved_on_shows_its_unit_and_date_of_now(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", LINES[:1], HEADER))
    ((entry_id,),) = rows("SELECT entry_id FROM entry")
    office.assign(entry_id, office.town)
    transfer = c.TransferEntry(entry_id=entry_id, lead_unit=office.other_town, reason="属地")
    done(handle([transfer], office.desk))
    row = exported(office, tmp_path / "出.xlsx")[2]
    assert row[6] == "柳林镇"
    assert row[5].date() == rows("SELECT due_on FROM entry")[0][0]


def test_an_exported_file_is_not_registered_again(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", LINES, HEADER))
    exported(office, tmp_path / "出.xlsx")
    report = imported(office, tmp_path / "出.xlsx")
    assert counts(report) == (2, 0, 0, 0, 2)
    assert [fault.cell for fault in report.errors] == ["I3", "I4"]
