"""`web`: what a request costs the server that `serve` starts, asked over HTTP by people of several scopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bench import statements
from bench.history import RARE, fill
from bench.machine import postgres_memory
from bench.office import Office
from bench.report import Benchmark, Report
from bench.serving import seconds, served, staff, within
from bench.traffic import COMMON, Traffic
from bench.visitors import Request, Visitor

EACH = 400
"""Requests of one kind, so that clock ticks of 10 ms do not matter."""
WARM = 60
"""Requests before each measurement, so that every connection's statements are prepared."""
PROFILED, SCANNED = 100, 20
GROWTH, MEGABYTES = 1.5, 300


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request and who makes it. `most`: the CPU milliseconds wanted at most, where that is who may
    least of all those who can make it; the others say how cost grows with what a person sees."""

    what: str
    who: str
    make: Callable[[Traffic, int], list[Request]]
    most: float | None = None

    @property
    def name(self) -> str:
        return f"{self.what}, {self.who}"


KINDS = (
    Kind("list JSON", "town", Traffic.json_lists, 2.5),
    Kind("list JSON counted", "town", lambda traffic, n: traffic.json_lists(n, count="true")),
    Kind("list HTML", "town", Traffic.lists, 8.0),
    Kind("entry JSON", "town", Traffic.json_entries),
    Kind("entry HTML", "town", Traffic.entries, 8.0),
    Kind("board JSON", "town", Traffic.json_boards),
    Kind("board HTML", "town", Traffic.boards, 8.0),
    Kind("search rare word", "town", lambda traffic, n: traffic.searches(n, RARE)),
    Kind("search common word", "town", lambda traffic, n: traffic.searches(n, COMMON)),
    Kind("search rare + common", "town", lambda traffic, n: traffic.searches(n, RARE, COMMON)),
    *(
        kind
        for who in ("county", "city")
        for kind in (
            Kind("list JSON", who, Traffic.json_lists),
            Kind("list HTML", who, Traffic.lists),
            Kind("board HTML", who, Traffic.boards),
            Kind("search rare + common", who, lambda traffic, n: traffic.searches(n, RARE, COMMON)),
            Kind("search common word", who, lambda traffic, n: traffic.searches(n, COMMON)),
        )
    ),
    Kind("create JSON", "recorder", Traffic.creations, 3.0),
)


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    scopes, means, filled = staff(office), dict[tuple[str, int], float](), 0
    for size in sizes:
        fill(office, range(filled, size))
        filled = size
        _settle(office)
        means |= _measured_at(office, scopes, size, report)
        visitors = {who: within(who) for who in scopes}
        _scans(office, scopes, size, visitors, report)
        if report.profiling:
            _profile(office, scopes, size, visitors, report)
    _compare(means, sizes, report)


def _compare(means: dict[tuple[str, int], float], sizes: Sequence[int], report: Report) -> None:
    wanted = [kind for kind in KINDS if kind.most is not None]
    for kind in wanted:
        report.want(f"CPU ms, {kind.name}", max(means[kind.name, size] for size in sizes), most=kind.most)
    for kind in wanted if len(sizes) > 1 else ():
        times = means[kind.name, sizes[-1]] / means[kind.name, sizes[0]]
        report.want(f"times as much at {sizes[-1]:,}, {kind.name}", times, most=GROWTH)
    report.want("PSS MB of the web's processes", max(row["PSS MB"] for row in report.rows), most=MEGABYTES)


def _settle(office: Office) -> None:
    from taizhang.ledger import cells

    office.settle()
    cells.snapshot(office.site.id, office.today)


def _measured_at(
    office: Office, scopes: dict[str, list[int]], size: int, report: Report
) -> dict[tuple[str, int], float]:
    """Ask everything of a server started for it; the mean milliseconds by kind."""
    means = {}
    with served() as server:
        for kind in KINDS:
            what = f"{kind.name} at {size:,}"
            traffic = Traffic(office, scopes[kind.who], Random(what))
            asked = server.ask(kind.who, kind.make(traffic, WARM + EACH), WARM)
            report.rows.append(asked.row(what))
            means[kind.name, size] = asked.cpu_ms
        report.rows[-1]["PG PSS MB"] = round(postgres_memory())
    return means


def _scans(
    office: Office, scopes: dict[str, list[int]], size: int, visitors: dict[str, Visitor], report: Report
) -> None:
    """Whether PostgreSQL reads through all entries to find a rare word beside a common one."""
    for who, units in scopes.items():
        traffic = Traffic(office, units, Random(size))
        with statements.noted() as seen:
            seconds(visitors[who], traffic.searches(SCANNED, RARE, COMMON))
        scanning = [
            text for text, timed in seen.items() if "Seq Scan on entry" in statements.plan(text, timed)
        ]
        report.want(f"statements scanning {size:,} entries for a rare word, {who}", len(scanning), most=0)


def _profile(
    office: Office, scopes: dict[str, list[int]], size: int, visitors: dict[str, Visitor], report: Report
) -> None:
    """The same requests within this process, to see where program and database spend their time."""
    for kind in KINDS:
        what = f"{kind.name} at {size:,}"
        visitor, traffic = visitors[kind.who], Traffic(office, scopes[kind.who], Random(what))
        seconds(visitor, kind.make(traffic, WARM))
        with statements.noted() as seen:
            seconds(visitor, kind.make(traffic, PROFILED))
        report.remarks.append(f"== {what}\n{statements.told(seen, PROFILED)}")
        with report.profiled(what):
            seconds(visitor, kind.make(traffic, PROFILED))


BENCHMARK = Benchmark(
    "web", "what a request costs, asked over HTTP", (20_000, 200_000), run, profiled_apart=True
)
