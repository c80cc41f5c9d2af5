from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from taizhang.postgres import is_running
from tests.cli.terminal import COMMAND, Terminal, environment

STOPS_WITHIN = 10.0  # seconds; a hang shows, a slow machine does not (about 2 s are usual)


@pytest.mark.parametrize("signalled", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_cleanly_and_takes_the_database_with_it(
    site: Terminal, signalled: signal.Signals
) -> None:
    with site.serving() as process:
        assert is_running(site.data)
        code, seconds, err = site.stopped(process, signalled)
    assert (code, err) == (0, "")
    assert seconds < STOPS_WITHIN
    assert not is_running(site.data)


def test_commands_join_a_running_serve_and_a_second_serve_is_refused(site: Terminal) -> None:
    with site.serving() as process:
        assert site.done("ledger", "list", "--json").json["ledgers"]
        assert "已有一个" in site.refused("serve").err
        worker = site.done("doctor", "--json").json["checks"][-1]
        assert worker["name"] == "worker" and "正在运行" in worker["found"]
        assert process.poll() is None and is_running(site.data)
        assert site.stopped(process, signal.SIGTERM)[0] == 0


def test_nothing_stale_is_left_after_kill_9(site: Terminal) -> None:
    with site.serving() as process:
        site.stopped(process, signal.SIGKILL)
    assert site.done("ledger", "list", "--json").json["ledgers"]
    assert "未运行" in site.done("doctor", "--json").json["checks"][-1]["found"]
    with site.serving() as process:
        assert site.stopped(process, signal.SIGTERM)[0] == 0


def test_two_first_commands_at_once_both_work(parent: Path) -> None:
    """Both find no tables; one makes them, the other waits, and only one founds the site."""
    (parent / "同时 开始").mkdir()
    given = environment({"TAIZHANG_DATA": str(parent / "同时 开始")})
    both = [
        subprocess.Popen([*COMMAND, "init", "--site", name], env=given, stderr=subprocess.PIPE)
        for name in "甲乙"
    ]
    errors = [process.communicate(timeout=60)[1].decode("utf-8") for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], errors
    assert any("已经建立" in error for error in errors), errors


def backlog(site: Terminal) -> str:
    found: str = site.done("doctor", "--json", "--lang", "en").json["checks"][-1]["found"]
    return found.partition("; ")[2]


def sealed_by_it(site: Terminal) -> None:
    """The running `serve` gets to what was left to it."""
    deadline = time.monotonic() + 10
    while not backlog(site).startswith("0 events to seal, 0 deltas"):
        assert time.monotonic() < deadline


def test_an_import_beside_serve_is_sealed_by_it_and_one_alone_seals_itself(
    rehearsal: Terminal, tmp_path: Path
) -> None:
    rehearsal.done("ledger", "open", "problems", "--key", "sealing")
    sheet = tmp_path / "问题 清单.csv"
    with rehearsal.serving():
        sheet.write_text("问题描述,责任单位\n路灯不亮,城关镇\n井盖缺失,城关镇\n", encoding="utf-8")
        rehearsal.done("import", str(sheet), "--ledger", "sealing")
        sealed_by_it(rehearsal)
    sheet.write_text("问题描述,责任单位\n垃圾未清运,城关镇\n", encoding="utf-8")
    rehearsal.done("import", str(sheet), "--ledger", "sealing")
    assert backlog(rehearsal).startswith("0 events to seal, 0 deltas")
    listed = rehearsal.done("ledger", "list", "--json").json["ledgers"]
    ledger = next(ledger for ledger in listed if ledger["key"] == "sealing")
    assert (ledger["entries"], ledger["open"]) == (3, 3)
    assert [stage["entries"] for stage in ledger["stages"]] == [3]
