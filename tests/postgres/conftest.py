"""Data folders to use, and the promise that no process is left when a test ends."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres.users import User, processes_of, wait_until


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data folder that the tests of this package share, at the sort of path a Windows user would choose."""
    parent = Path(tempfile.mkdtemp(prefix="tz "))
    parent.chmod(0o755)
    yield parent / "我的 台账（2026）"
    shutil.rmtree(parent)


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    yield made
    wait_until(lambda: not processes_of(made))
    assert not list((made / "run").glob("server.json"))


@pytest.fixture
def use() -> Iterator[Callable[[Path], User]]:
    users: list[User] = []

    def start(data: Path) -> User:
        users.append(User(data))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.end()
