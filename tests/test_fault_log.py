"""The log of faults: private, bounded, one for every door, and silent about what was said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from taizhang import fault_log
from taizhang.fault_log import LOG, note, trace

ROOT = Path(__file__).parent.parent
MANY = """
import sys
from pathlib import Path
from taizhang import fault_log
fault_log.LIMIT = 2_000
for n in range(100):
    fault_log.note(ValueError(), f"{sys.argv[2]}-{n:03}", Path(sys.argv[1]))
"""


def failed(said: str) -> Exception:
    """An error with a cause and a trace; `said` is no number."""
    try:
        try:
            raise AssertionError(int(said))
        except ValueError as error:
            raise RuntimeError(said) from error
    except RuntimeError as error:
        return error


def test_the_file_is_private_and_says_where_but_not_what(tmp_path: Path) -> None:
    noted = note(failed("住在东街的张三"), "taizhang import", tmp_path)
    path = tmp_path / LOG
    assert noted.path == path
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    text = path.read_text(encoding="utf-8")
    assert f" {noted.number} taizhang import\n" in text and "in failed" in text
    assert text.index("builtins.RuntimeError") < text.index("builtins.ValueError")
    assert "张三" not in text


def test_a_full_file_is_put_away_and_the_one_before_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fault_log, "LIMIT", 600)
    noted = [note(failed("x"), f"第 {n} 次", tmp_path) for n in range(8)]
    now, before = (tmp_path / LOG).read_text(), (tmp_path / LOG).with_suffix(".log.1").read_text()
    assert noted[-1].number in now and noted[0].number not in now + before
    assert sorted(path.name for path in (tmp_path / LOG).parent.iterdir()) == [
        "taizhang.log", "taizhang.log.1",
    ]  # fmt: skip


def test_processes_that_find_the_file_full_at_once_lose_none_of_the_latest(tmp_path: Path) -> None:
    """What was put away last and what was begun since hold, of each process, its latest without a gap."""
    started = [
        subprocess.Popen([sys.executable, "-c", MANY, str(tmp_path), name], env={"PYTHONPATH": str(ROOT)})
        for name in "甲乙丙"
    ]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    path = tmp_path / LOG
    text = path.with_suffix(".log.1").read_text() + path.read_text()
    for name in "甲乙丙":
        kept = [int(line.rpartition("-")[2]) for line in text.splitlines() if f" {name}-" in line]
        assert kept == list(range(100))[100 - len(kept) :]
    assert path.with_suffix(".log.1").stat().st_size >= 2_000


def test_a_folder_that_is_not_there_is_not_made_and_the_number_given_all_the_same(tmp_path: Path) -> None:
    noted = note(failed("x"), "taizhang doctor", tmp_path / "没有")
    assert (noted.path, len(noted.number)) == (None, 8)
    assert not (tmp_path / "没有").exists()


def test_an_error_that_is_its_own_cause_is_traced_once() -> None:
    error = failed("x")
    error.__cause__ = error
    assert trace(error).count("builtins.RuntimeError") == 1
