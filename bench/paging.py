"""`paging`: an import of one moment and one due date, paged to its end: every page costs the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import perf_counter

from bench.entries import registration
from bench.machine import measured
from bench.office import Office
from bench.report import Benchmark, Report
from bench.serving import Asked, Served, served, staff
from bench.visitors import Request, Visitor
from taizhang.core import commands as c

PAGE = 50
TOGETHER = 300
"""Pages measured together: the first of them are compared with the last."""
GROWTH = 1.5


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    from taizhang.org.sites import now

    staff(office)
    office.turn_clock(now(office.site))
    office.do((_registration(n, office) for n in range(sizes[0])), office.desk)
    office.settle()
    seen = set[str]()
    with served() as server, server.visitor("city") as visitor:
        parts = list(_walk(server, _pages(visitor, office, seen)))
    for n in sorted({0, len(parts) // 2, len(parts) - 1}):
        first = n * TOGETHER + 1
        report.rows.append(parts[n].row(f"pages {first:,}–{first + len(parts[n].seconds) - 1:,}"))
    report.want("entries met, each once", len(seen), least=sizes[0], most=sizes[0])
    report.want("the last pages, times the first", parts[-1].cpu_ms / parts[0].cpu_ms, most=GROWTH)


def _registration(n: int, office: Office) -> c.RegisterEntry:
    made = registration(n, office.ledger.ledger_id, office.names, office.today)
    return replace(made, due_on=office.today)


def _walk(server: Served, pages: Iterator[float]) -> Iterator[Asked]:
    """What some hundred pages at a time cost."""
    while True:
        with measured(server.pid) as cost:
            seconds = list(islice(pages, TOGETHER))
        if not seconds:
            return
        yield Asked(cost, seconds)


def _pages(visitor: Visitor, office: Office, seen: set[str]) -> Iterator[float]:
    """All pages in the order of due dates, which are all the same. Raises where an entry comes twice."""
    query = {"order": "due", "size": str(PAGE)}
    while True:
        started = perf_counter()
        answer = json.loads(visitor.ask(Request.of(f"/api/ledgers/{office.ledger.key}/entries", query)))
        yield perf_counter() - started
        ids = {entry["id"] for entry in answer["entries"]}
        if ids & seen:
            raise ValueError(f"{len(ids & seen)} entries came a second time")
        seen |= ids
        if answer["next"] is None:
            return
        query["after"] = answer["next"]


BENCHMARK = Benchmark("paging", "one import of one moment, paged to its end", (300_000,), run)
