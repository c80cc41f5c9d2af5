"""`rebuild`: every projection anew from the events alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bench.machine import measured
from bench.office import Office
from bench.report import Benchmark, Report
from taizhang.core import commands as c


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    from taizhang.ledger.rebuild import rebuild

    size, due, towns = sizes[0], office.today + timedelta(days=20), list(office.towns)
    entries = office.register(range(size))
    assigned = entries[: size // 2]
    office.do(
        (
            c.AssignEntry(entry_id=entry_id, lead_unit=towns[n % len(towns)], due_on=due)
            for n, entry_id in enumerate(assigned)
        ),
        office.desk,
    )
    office.do((c.AcceptEntry(entry_id=entry_id) for entry_id in assigned), office.worker)
    office.settle()
    with measured() as cost, report.profiled():
        rebuilt = rebuild(office.site)
    events = size + 2 * len(assigned)
    speeds = {"entries/s": round(rebuilt / cost.wall), "events/s": round(events / cost.wall)}
    report.rows.append(cost.row("rebuild", entries=rebuilt, events=events, **speeds))


BENCHMARK = Benchmark("rebuild", "every projection anew, two events to an entry", (100_000,), run)
