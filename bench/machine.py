"""What a benchmark costs: wall time, CPU of the application and of PostgreSQL apart, memory. Linux only.

CPU of PostgreSQL is that of its whole process tree, background work included, in clock ticks: measure
for seconds, not for milliseconds.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLED_EVERY = 0.5
"""Seconds between two looks at the memory; a look costs some milliseconds."""


def facts() -> dict[str, Any]:
    """The machine and the versions the figures hold for."""
    import django
    import psycopg
    from django.db import connection

    with connection.cursor() as database:
        database.execute("SHOW server_version")
        (server,) = database.fetchone()
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "psycopg": psycopg.__version__,
        "postgresql": server,
    }


def _processor() -> str:
    lines = (PROC / "cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def load() -> float:
    """Load average of the last minute: above the number of cores, wall times mean little."""
    return os.getloadavg()[0]


@dataclass(slots=True)
class Cost:
    """Seconds and megabytes. `memory` is the most the application's processes held together (PSS),
    `largest` the most its main process had in memory (RSS)."""

    wall: float = 0.0
    app: float = 0.0
    postgres: float = 0.0
    memory: float = 0.0
    largest: float = 0.0

    @property
    def cpu(self) -> float:
        return self.app + self.postgres

    def row(self, what: str, **more: Any) -> dict[str, Any]:
        """A row of the report."""
        return {
            "what": what,
            **more,
            "wall s": round(self.wall, 2),
            "app CPU s": round(self.app, 2),
            "PG CPU s": round(self.postgres, 2),
            "PSS MB": round(self.memory),
            "RSS MB": round(self.largest),
        }


def summed(costs: Iterable[Cost]) -> Cost:
    """One after the other: times add up, memory does not."""
    total = Cost()
    for cost in costs:
        total.wall += cost.wall
        total.app += cost.app
        total.postgres += cost.postgres
        total.memory, total.largest = max(total.memory, cost.memory), max(total.largest, cost.largest)
    return total


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure what happens inside; the cost is filled in on leaving."""
    server, cost, done = _server(), Cost(), Event()
    watcher = Thread(target=_watch, args=(server, cost, done), daemon=True)
    _forget_peak()
    watcher.start()
    started = time.perf_counter(), _app_cpu(), _tree_cpu(server)
    try:
        yield cost
    finally:
        cost.wall = time.perf_counter() - started[0]
        cost.app = _app_cpu() - started[1]
        cost.postgres = _tree_cpu(server) - started[2]
        done.set()
        watcher.join()
        cost.largest = _status("VmHWM")


def _server() -> int:
    """The process id of the server our connection speaks to: its backend's parent."""
    from django.db import connection

    with connection.cursor() as database:
        database.execute("SELECT pg_backend_pid()")
        (backend,) = database.fetchone()
    if sys.platform != "linux" or (found := _stat(backend)) is None:
        raise SystemExit(
            "性能测试要在 Linux 上对本机的 PostgreSQL 运行。\nBenchmarks need Linux and a local PostgreSQL."
        )
    return found.parent


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    own: int
    ended_children: int


def _stat(pid: int) -> _Stat | None:
    """Parent and clock ticks of a process; None where it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    given = text.rpartition(")")[2].split()
    return _Stat(int(given[1]), int(given[11]) + int(given[12]), int(given[13]) + int(given[14]))


def _stats() -> dict[int, _Stat]:
    found = ((int(path.name), _stat(int(path.name))) for path in PROC.iterdir() if path.name.isdigit())
    return {pid: stat for pid, stat in found if stat is not None}


def _tree_cpu(server: int) -> float:
    """Seconds of the server, the children it has and those that have ended."""
    stats = _stats()
    children = sum(stat.own for stat in stats.values() if stat.parent == server)
    return (stats[server].own + stats[server].ended_children + children) / TICKS


def _app_cpu() -> float:
    """Seconds of this process and its ended children (the one that parses a sheet)."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _watch(server: int, cost: Cost, done: Event) -> None:
    while True:
        cost.memory = max(cost.memory, _memory(server))
        if done.wait(SAMPLED_EVERY):
            return


def _memory(server: int) -> float:
    """Megabytes of this process and all below it but PostgreSQL; shared pages count in parts."""
    stats = _stats()
    ours, waiting = set[int](), [os.getpid()]
    while waiting:
        pid = waiting.pop()
        ours.add(pid)
        waiting += [child for child, stat in stats.items() if stat.parent == pid and child != server]
    return sum(map(_pss, ours))


def _pss(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _status(name: str) -> float:
    lines = (PROC / "self" / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _forget_peak() -> None:
    """Let VmHWM begin anew."""
    (PROC / "self" / "clear_refs").write_text("5")
