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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
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


def pace() -> float:
    """CPU milliseconds of a fixed piece of work, by which runs on a machine of changing speed compare."""
    spent = []
    for _ in range(5):
        started = time.thread_time()
        made = {str(n): (n, f"{n}x") for n in range(20_000)}
        assert sum(len(text) for _, text in made.values()) > 0
        spent.append(time.thread_time() - started)
    return median(spent) * 1000


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
def measured(served_by: int | None = None) -> Iterator[Cost]:
    """Measure what happens inside; the cost is filled in on leaving.

    The application is this process, or the tree of processes below `served_by`: whoever asks a server
    is then left out.
    """
    server, cost, done = _server(), Cost(), Event()
    watcher = Thread(target=_watch, args=(served_by, server, cost, done), daemon=True)
    _forget_peak()
    watcher.start()
    started = time.perf_counter(), _app_cpu(served_by), _tree_cpu(server)
    try:
        yield cost
    finally:
        cost.wall = time.perf_counter() - started[0]
        cost.app = _app_cpu(served_by) - started[1]
        cost.postgres = _tree_cpu(server) - started[2]
        done.set()
        watcher.join()
        cost.largest = _status("VmHWM", served_by)


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


def _tree(top: int, stats: Mapping[int, _Stat], without: int | None = None) -> list[int]:
    """The process and all below it."""
    found, waiting = list[int](), [top]
    while waiting:
        found.append(pid := waiting.pop())
        waiting += [child for child, stat in stats.items() if stat.parent == pid and child != without]
    return found


def _tree_cpu(top: int) -> float:
    """Seconds of the process, of all below it, and of those that have ended."""
    stats = _stats()
    return sum(stats[pid].own + stats[pid].ended_children for pid in _tree(top, stats)) / TICKS


def _app_cpu(served_by: int | None) -> float:
    """Seconds of the application; of this process with its ended children (the one that parses a sheet)."""
    if served_by is not None:
        return _tree_cpu(served_by)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _watch(served_by: int | None, server: int, cost: Cost, done: Event) -> None:
    while True:
        cost.memory = max(cost.memory, _memory(served_by or os.getpid(), without=server))
        if done.wait(SAMPLED_EVERY):
            return


def postgres_memory() -> float:
    """Megabytes of the server and its backends together."""
    return _memory(_server())


def _memory(top: int, without: int | None = None) -> float:
    """Megabytes of the process and all below it; what they share counts once."""
    return sum(map(_pss, _tree(top, _stats(), without)))


def _pss(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _status(name: str, pid: int | None = None) -> float:
    lines = (PROC / str(pid or "self") / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _forget_peak() -> None:
    """Let VmHWM begin anew."""
    (PROC / "self" / "clear_refs").write_text("5")
