"""Processes that use a data folder, and ways to look at them from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from taizhang.postgres import Server

ROOT = Path(__file__).parents[2]
# A program that attaches, says how to connect, and leaves when it is told a line or its stdin ends.
USE = """
import dataclasses, json, pathlib, sys
from taizhang.postgres import attached
with attached(pathlib.Path(sys.argv[1])) as server:
    print(json.dumps(dataclasses.asdict(server), default=str), flush=True)
    sys.stdin.readline()
"""


class User:
    """Another process, attached to a data folder."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(data)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.server = Server(told["socket_dir"], Path(told["binaries"]), told["passwords"])

    def leave(self) -> None:
        self.process.communicate("\n", timeout=20)
        assert self.process.returncode == 0

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)


def processes_of(data: Path) -> dict[int, str]:
    """The keeper and all PostgreSQL processes of this folder: by command line or by working folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            inside = (entry / "cwd").readlink().is_relative_to(data)
        except OSError:
            continue
        if inside or ("taizhang.postgres.keeper" in command and f" {data} " in command):
            found[int(entry.name)] = command
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def count(server: Server) -> int:
    """How many times this was called on the data folder: a number that must survive everything."""
    with psycopg.connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS visit (id int PRIMARY KEY)")
        connection.execute("INSERT INTO visit SELECT count(*) FROM visit")
        row = connection.execute("SELECT count(*) FROM visit").fetchone()
    assert row is not None
    number: int = row[0]
    return number
