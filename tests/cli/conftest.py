"""Driving the real command line, on data folders at the sort of path an office would choose."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture(scope="session")
def parent() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tz "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def site(parent: Path) -> Terminal:
    """A live site with one ledger, `problems`, that tests read and add to."""
    terminal = Terminal(parent / "我的 台账（2026）")
    terminal.done("init", "--site", "清河县")
    terminal.done("ledger", "open", "problems")
    return terminal


@pytest.fixture(scope="session")
def rehearsal(parent: Path) -> Terminal:
    """A rehearsal site with units from a sheet."""
    sheet = parent / "单 位.csv"
    sheet.write_text(
        "单位名称,上级单位,代码\n清河县,,\n城关镇,清河县,320101\n住建局,清河县,320102\n住建局,清河县,320102\n甲村,无此镇,9\n",
        encoding="utf-8",
    )
    terminal = Terminal(parent / "演练 rehearsal")
    made = terminal.done("init", "--site", "清河县", "--rehearsal", "--units", str(sheet))
    assert "新建 2 个" in made.out
    return terminal


@pytest.fixture
def empty(tmp_path: Path) -> Terminal:
    """A folder nothing has been made in."""
    return Terminal(tmp_path / "空 文件夹")
