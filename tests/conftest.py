"""What holds for every test.

With TAIZHANG_NO_SKIPS=1 (as .ci/run sets it) a skipped test is a failed one: a browser and a second
PostgreSQL are installed there, so a skip means that something was not tested after all. One reason is
excused: the sample files in ../shared are no part of the repository, and a test that reads them says so.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from taizhang.postgres import attached
from tests import debian_postgres
from tests.databases import TestServer, forget_everything, fresh, prepare

SHARED = "../shared"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _refuse_skip((yield))


def _refuse_skip(report: Report) -> Report:
    expected_failure = hasattr(report, "wasxfail")
    if os.environ.get("TAIZHANG_NO_SKIPS") != "1" or not report.skipped or expected_failure:
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if SHARED not in reason:
        report.outcome = "failed"
        report.longrepr = f"Skipped where TAIZHANG_NO_SKIPS=1 allows no skip. {reason}"
    return report


def on_debian() -> bool:
    """Whether this is the second run, on the oldest PostgreSQL (`make test` makes it where that is installed)."""
    return os.environ.get("TAIZHANG_TEST_SERVER") == "debian"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The second run repeats only what meets a database."""
    if on_debian():
        meets = [item for item in items if _meets_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(meets)])
        items[:] = meets


def _meets_a_database(item: pytest.Item) -> bool:
    needed = {"db", "django_db_setup", "database_server"} & set(getattr(item, "fixturenames", ()))
    return bool(needed) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """One private PostgreSQL for the whole run: the embedded one, or Debian's where the run asks for it."""
    if on_debian():
        with debian_postgres.running() as server:
            yield TestServer(server)
    else:
        with attached(tmp_path_factory.mktemp("data")) as embedded:
            yield TestServer(embedded)


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: TestServer, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Replaces pytest-django's: the application's role may neither create nor migrate a database."""
    settings.DATA = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        prepare(database_server)
    yield
    with django_db_blocker.unblock():
        for alias in ("default", "owner"):
            connections[alias].close()


@pytest.fixture
def fresh_database(
    django_db_setup: None, database_server: TestServer, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database of the test's own with real commits; its name."""
    with django_db_blocker.unblock(), fresh(database_server) as name:
        yield name


@pytest.fixture(autouse=True)
def _forget(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing remembered in this process outlives the test whose transaction is rolled back."""
    yield
    if _meets_a_database(request.node):
        forget_everything()
