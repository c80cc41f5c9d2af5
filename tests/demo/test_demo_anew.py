"""Preparing the sample prefecture again and again, each time in a database of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from taizhang.demo import prepare
from taizhang.org.sites import the_site, today
from tests.databases import TestServer, fresh
from tests.ledger.office import rows

LAST = date(2025, 6, 20)


def test_a_year_up_to_this_moment_has_nothing_after_it(
    django_db_setup: None, database_server: TestServer, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), fresh(database_server):
        prepare.prepare(entries=25)
        [(latest, last)] = rows("SELECT max(recorded_at), max(occurred_on) FROM event")
        assert latest <= datetime.now(UTC)
        assert last == latest.astimezone(the_site().zone).date() >= today(the_site()) - timedelta(days=1)


def test_the_same_seed_tells_the_same_year(
    django_db_setup: None,
    database_server: TestServer,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = []
    for n, seed in enumerate((7, 7, 8)):
        monkeypatch.setattr(settings, "DATA", tmp_path / str(n))
        with django_db_blocker.unblock(), fresh(database_server):
            prepare.prepare(today=LAST, entries=12, seed=seed)
            told.append(rows("SELECT number, title, stage, version FROM entry ORDER BY ledger_id, number"))
    assert told[0] == told[1]
    assert told[0] != told[2]
