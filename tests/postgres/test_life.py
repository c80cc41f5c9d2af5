"""The server lives exactly as long as somebody uses it, however its users, its keeper or itself end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from taizhang.postgres import attached, is_running
from taizhang.postgres.folder import EXCLUSIVE, Folder, open_private, try_lock
from tests.postgres.users import ROOT, User, count, processes_of, wait_until

Use = Callable[[Path], User]


def state(data: Path) -> dict[str, int]:
    told: dict[str, int] = json.loads((data / "run/server.json").read_text())
    return told


def test_data_survives_from_one_start_to_the_next(data: Path) -> None:
    with attached(data) as server:
        before = count(server)
    assert not is_running(data)
    assert not Path(server.socket_dir).exists()
    with attached(data) as server:
        assert count(server) == before + 1


def test_attaching_twice_in_one_process_stops_the_server_only_at_the_last_exit(data: Path) -> None:
    with attached(data) as outer:
        with attached(data / "run" / "..") as inner:
            assert inner == outer
        assert is_running(data)
        count(outer)
    assert not is_running(data)


def test_two_folders_at_once_have_two_servers(data: Path, tmp_path: Path) -> None:
    with attached(data) as one, attached(tmp_path / "b") as other:
        count(one)
        assert count(other) == 1
    assert not processes_of(tmp_path)


def test_the_starter_leaves_and_the_second_user_works_on(data: Path, use: Use) -> None:
    starter = use(data)
    second = use(data)
    assert second.server == starter.server
    starter.leave()
    count(second.server)
    assert is_running(data)
    second.leave()
    assert not is_running(data)
    assert not processes_of(data)


def test_many_users_starting_at_the_same_moment_share_one_server(data: Path, use: Use) -> None:
    users: list[User] = []
    threads = [threading.Thread(target=lambda: users.append(use(data))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({user.server.socket_dir for user in users}) == 1
    for user in users:
        user.leave()
    assert not is_running(data)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_user_that_is_killed_counts_as_gone(data: Path, use: Use, number: signal.Signals) -> None:
    user = use(data)
    user.end(number)
    wait_until(lambda: not is_running(data), 5)
    assert not Path(user.server.socket_dir).exists()


def test_after_kill_9_of_the_keeper_the_next_user_finds_everything(data: Path, use: Use) -> None:
    user = use(data)
    before = count(user.server)
    os.kill(state(data)["keeper"], signal.SIGKILL)
    wait_until(lambda: not is_running(data))  # PostgreSQL itself may still be stopping
    with attached(data) as server:
        assert count(server) == before + 1
        assert server != user.server
        # The server of the dead keeper is gone, and so is its socket folder.
        assert not Path(user.server.socket_dir).exists()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(user.server.url("app"))


def test_after_kill_9_of_the_postmaster_the_next_user_finds_everything(data: Path, use: Use) -> None:
    user = use(data)
    before = count(user.server)
    os.kill(state(data)["postmaster"], signal.SIGKILL)
    wait_until(lambda: not (data / "run/server.json").exists())
    with attached(data) as server:
        assert count(server) >= before
    assert (data / "log/postgres.log").read_text().count("automatic recovery in progress") >= 1


def test_after_kill_9_of_everything_at_once_the_next_user_finds_everything(data: Path, use: Use) -> None:
    user = use(data)
    before = count(user.server)
    keeper_and_postmaster = [state(data)["keeper"], state(data)["postmaster"]]
    for pid in keeper_and_postmaster:
        os.kill(pid, signal.SIGSTOP)  # so that neither can react to the end of the other
    for pid in [*keeper_and_postmaster, *processes_of(data)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(data))
    with attached(data) as server:
        assert count(server) == before + 1


def test_a_stale_pid_file_that_names_an_unrelated_process_does_no_harm(data: Path, use: Use) -> None:
    use(data).leave()
    stranger = subprocess.Popen(["sleep", "60"], user=(data / "postgres").stat().st_uid)
    try:
        lines = [str(stranger.pid), str(data / "postgres"), "1", "5432", "/tmp", "", "0", "ready   "]
        (data / "postgres/postmaster.pid").write_text("\n".join(lines) + "\n")
        with attached(data) as server:
            count(server)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_creation_that_was_killed_half_way_is_made_anew(tmp_path: Path) -> None:
    data = tmp_path / "d"
    starter = subprocess.Popen(
        [sys.executable, "-c", "import pathlib, sys; from taizhang.postgres import attached\n"
         "with attached(pathlib.Path(sys.argv[1])): pass", str(data)], cwd=ROOT,
    )  # fmt: skip
    wait_until((data / "postgres.new/global").exists)
    starter.kill()
    starter.wait()
    for pid in processes_of(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert not (data / "postgres").exists()
    with attached(data) as server:
        assert count(server) == 1
    assert not (data / "postgres.new").exists()
    assert not processes_of(tmp_path)


def test_a_pipe_to_the_starter_ends_with_the_starter(data: Path, use: Use) -> None:
    starter = use(data)
    second = use(data)
    # communicate() returns only when nobody holds the other end of stdout any more.
    starter.leave()
    assert is_running(data)
    second.leave()


def test_a_child_that_outlives_its_parent_does_not_keep_the_server(data: Path) -> None:
    script = (
        "import os, pathlib, subprocess, sys, time; from taizhang.postgres import attached\n"
        "with attached(pathlib.Path(sys.argv[1])):\n"
        "    executed = subprocess.Popen(['sleep', '60'], close_fds=False)\n"
        "    forked = os.fork()\n"
        "    if not forked: time.sleep(60)\n"
        "    print(executed.pid, forked, flush=True); os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", script, str(data)]
    starter = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    children = [int(pid) for pid in starter.stdout.readline().split()]
    try:
        wait_until(lambda: not is_running(data), 5)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        starter.communicate()


def test_a_forked_child_may_attach_by_itself_and_does_not_end_its_parents_server(data: Path) -> None:
    script = (
        "import os, pathlib, sys; from taizhang.postgres import attached, is_running\n"
        "data = pathlib.Path(sys.argv[1])\n"
        "with attached(data) as server:\n"
        "    if not (child := os.fork()):\n"
        "        with attached(data) as again: assert again == server\n"
        "        sys.exit(7)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "    assert is_running(data)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(data)], cwd=ROOT, check=True, timeout=20)
    assert not is_running(data)


def test_waiting_is_told_to_the_user(data: Path) -> None:
    """While somebody holds the lock as a stopping keeper does, nobody is let in, and learns why."""
    with attached(data):
        pass
    lock = open_private(Folder(data).attached_lock)
    assert try_lock(lock, EXCLUSIVE)
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        os.close(lock)

    with attached(data, progress=hear) as server:
        count(server)
    assert ["waiting for the previous database to stop" in text for text in told] == [True]


def test_the_log_is_cut_over_before_it_fills_the_disk(data: Path) -> None:
    log = data / "log/postgres.log"
    with log.open("ab") as file:
        file.truncate(4 * 1024 * 1024 + 1)
    with attached(data) as server:
        count(server)
    assert log.stat().st_size < 10_000
    assert log.with_suffix(".log.1").stat().st_size > 4 * 1024 * 1024
