"""The benchmarks still run, at sizes at which their figures mean nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings

from bench import briefing, handling, history, importing, paging, rebuilding, web
from bench.office import found
from bench.report import Report, table
from taizhang.desk.assets import FOLDER
from taizhang.ledger import numbers
from tests.databases import TestServer
from tests.ledger.office import rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="benchmarks read /proc, which only Linux has")
needs_front_end = pytest.mark.skipif(
    not (FOLDER / "taizhang" / "manifest.json").is_file(),
    reason="the front end has not been built: make setup",
)


@pytest.fixture
def served_database(
    fresh_database: str, database_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database of the test's own that a web server started by the test finds as well."""
    # Set for good: Django refuses to read an empty key, and so cannot put it back.
    settings.SECRET_KEY = "of tests only, and long enough to sign a session with"
    given = database_server.parameters("app", fresh_database)
    place, name = {"host": given.pop("host")}, given.pop("dbname")
    url = f"postgresql://{given['user']}:{given['password']}@:{given['port']}/{name}?{urlencode(place)}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TAIZHANG_DATA", str(settings.DATA))
    monkeypatch.setenv("TAIZHANG_SECRET_KEY", settings.SECRET_KEY)


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


@needs_front_end
def test_a_real_web_server_is_asked_for_every_kind_of_page_by_people_of_every_scope(
    served_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "WEEKS", 2)
    monkeypatch.setattr(web, "EACH", 4)
    monkeypatch.setattr(web, "WARM", 2)
    monkeypatch.setattr(web, "PROFILED", 1)
    monkeypatch.setattr(web, "SCANNED", 1)
    report = Report(profiling=True)
    web.run(found(), (110, 120), report)
    assert {row["what"] for row in report.rows} == {
        f"{kind.name} at {size}" for kind in web.KINDS for size in (110, 120)
    }
    # Asked for over HTTP at either size, and twice within the process for the profile.
    created = 2 * (2 + 4 + 2 + 1 + 1)
    assert rows("SELECT count(*)::int FROM entry") == [(120 + created,)]
    stages = dict(rows("SELECT stage, count(*)::int FROM entry GROUP BY stage"))
    assert set(stages) == {"registered", "assigned", "mending", "reported", "verified", "struck"}
    assert "SELECT entry.entry_id" in report.profile_text()


@needs_front_end
def test_paging_meets_every_entry_of_one_moment_exactly_once(
    served_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "TOGETHER", 2)
    report = Report()
    paging.run(found(), (280,), report)
    assert rows("SELECT count(DISTINCT due_on)::int, count(*)::int FROM entry") == [(1, 280)]
    assert [row["what"] for row in report.rows] == ["pages 1–2", "pages 3–4", "pages 5–6"]
    assert report.wanted[0]["is"] == 280
