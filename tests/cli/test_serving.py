from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from taizhang.postgres import is_running
from tests.cli.terminal import COMMAND, Terminal, environment

STOPS_WITHIN = 2.0  # seconds


@pytest.mark.parametrize("signalled", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_cleanly_and_takes_the_database_with_it(site: Terminal, signalled: signal.Signals) -> None:
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
    given = environment({"TAIZHANG_DATA": str(parent / "同时 开始")})
    both = [
        subprocess.Popen([*COMMAND, "init", "--site", name], env=given, stderr=subprocess.PIPE) for name in "甲乙"
    ]
    errors = [process.communicate(timeout=60)[1].decode("utf-8") for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], errors
    assert any("已经建立" in error for error in errors)
