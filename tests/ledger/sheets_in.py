"""Sheets to import, and importing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from taizhang.core.actor import Actor
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.write import OutColumn, OutSheet, write_sheet
from taizhang.ledger import ledgers
from taizhang.ledger.importing import ColumnChoice, Report, Wishes, import_book
from taizhang.org.sites import now
from tests.ledger.office import Office, rows
from tests.samples import TEXTS

HEADER = ("序号", "问题", "责任单位", "整改时限", "是否销号")


def sheet(
    path: Path, lines: Sequence[Sequence[Any]], header: Sequence[str] = HEADER, title: str = ""
) -> Path:
    write_sheet(
        path, OutSheet("表一", [OutColumn(label) for label in header], title=title, count=False), lines
    )
    return path


def read_back(path: Path) -> list[tuple[Any, ...]]:
    """Every row of the first sheet of a written file, as another program reads it."""
    return list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))


def imported(
    office: Office, path: Path, actor: Actor | None = None, ledger_id: int | None = None, **wishes: Any
) -> Report:
    ledger = ledgers.by_id(ledger_id or office.ledger_id)
    assert ledger is not None
    choice = {name: wishes.pop(name) for name in ("given", "reasons", "takes_hidden") if name in wishes}
    wishes["columns"] = ColumnChoice(**choice)
    with open_book(path) as book:
        return import_book(book, path.name, ledger, actor or office.operator, replace(Wishes(), **wishes))


def counts(report: Report) -> tuple[int, int, int, int, int]:
    """Read, registered, unchanged, changed, refused."""
    return report.read, report.registered, report.unchanged, report.changed, report.refused


def entries(ledger_id: int) -> list[dict[str, Any]]:
    names = (
        "title",
        "fields",
        "stage",
        "lead_unit_id",
        "due_on",
        "closure_claimed",
        "for_another_count",
        "number",
    )
    found = rows(f"SELECT {', '.join(names)} FROM entry WHERE ledger_id = %s ORDER BY entry_id", ledger_id)
    return [dict(zip(names, row, strict=True)) for row in found]


def keyed_ledger(office: Office, *keys: str) -> int:
    """A ledger whose playbook knows its rows by these fields."""
    named = ", ".join(f'"{key}"' for key in keys)
    return ledger_with(office, f"key = [{named}]")


def ledger_with(office: Office, sheet_rule: str) -> int:
    """A ledger on the sample playbook with one more line in its [sheet]."""
    texts = {"playbook.toml": f"{TEXTS['playbook.toml']}{sheet_rule}\n"}
    opened = ledgers.open_ledger(
        office.site, texts, key="other", name="", unit_id=office.city, opened_by=1, now=now(office.site)
    )
    return opened.ledger_id
