"""The benchmarks still run, at sizes at which their figures mean nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import briefing, handling, importing, rebuilding
from bench.office import found
from bench.report import Report, table
from taizhang.ledger import numbers
from tests.ledger.office import rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="benchmarks read /proc, which only Linux has")


def test_the_import_registers_every_row_of_its_sheet_and_leaves_no_table_behind(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "SHEETS", tmp_path)
    report = Report()
    importing.run(found(), (20,), report)
    assert [row["what"] for row in report.rows][:3] == ["import", "seal, pack, index", "COPY event"]
    assert rows("SELECT count(*) FROM entry") == [(20,)]
    assert rows("SELECT count(*) FROM pg_class WHERE relname = 'bench_copy'") == [(0,)]
    assert len(report.wanted) == 3


def test_every_verb_is_measured_on_entries_that_go_through_it(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "_keeping", False)
    monkeypatch.setattr(numbers, "_kept", {})
    monkeypatch.setattr(handling, "WARM", 1)
    report = Report()
    handling.run(found(), (8, 16), report)
    happened = dict(rows("SELECT kind, count(*)::int FROM event GROUP BY kind"))
    assert happened["EntryAssigned"] == happened["DoneReported"] == 3 + 5
    assert report.wanted[-1]["what"] == "times as much at 16"


def test_rebuilding_and_looking_back_answer_for_a_history_made_for_them(fresh_database: str) -> None:
    report, office = Report(), found()
    briefing.run(office, (60,), report)
    entries, days = rows("SELECT count(*)::int, count(DISTINCT registered_on)::int FROM entry")[0]
    rebuilding.run(office, (10,), report)
    assert (entries, days) == (60, 3)
    assert report.rows[-1]["entries"] == entries + 10
    assert "standing, with snapshots" in table(report.rows)
