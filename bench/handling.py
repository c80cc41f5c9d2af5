"""`handle`: CPU of one command on random entries, in a small and in a ten times larger ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count
from random import Random
from uuid import UUID

from bench.entries import registration
from bench.machine import Cost, measured, summed
from bench.office import Office
from bench.report import Benchmark, Report
from taizhang.core import commands as c
from taizhang.core.actor import Actor

EACH = 2_000
"""Commands of one verb, so that clock ticks of 10 ms do not matter."""
WARM = 50
"""Commands before each measurement, for statements to be prepared."""
MILLISECONDS, GROWTH = 2.0, 1.3

Call = tuple[c.AnyCommand, Actor]


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    from taizhang.ledger import numbers

    # As the web server does.
    numbers.keep_blocks()
    dice = Random(1)
    serials, untouched, means = count(), list[UUID](), []
    for size in sizes:
        untouched += office.register(next(serials) for _ in range(size - _entries(office)))
        dice.shuffle(untouched)
        office.settle()
        chosen = [untouched.pop() for _ in range(min(EACH, size // 4) + WARM)]
        means.append(_mean_at(size, chosen, office, serials, report))
    report.want("CPU ms of one command", max(means), most=MILLISECONDS)
    if len(means) > 1:
        report.want(f"times as much at {sizes[-1]:,}", means[-1] / means[0], most=GROWTH)


def _entries(office: Office) -> int:
    from taizhang.ledger.models import EntryRow

    return EntryRow.objects.filter(site_id=office.site.id).count()


def _mean_at(size: int, chosen: list[UUID], office: Office, serials: Iterator[int], report: Report) -> float:
    """Let the chosen entries go through each verb, in another order each time; the mean milliseconds."""
    costs, lead, each = list[Cost](), dict[UUID, int](), len(chosen) - WARM
    for verb, one in _verbs(office, lead, serials).items():
        Random(verb).shuffle(chosen)
        costs.append(_cost([one(entry_id) for entry_id in chosen], report))
        report.rows.append(_row(f"{verb} at {size:,}", each, costs[-1]))
    total, measurements = summed(costs), each * len(costs)
    report.rows.append(_row(f"mean at {size:,}", measurements, total))
    with measured() as afterwards:
        _number_and_pack(office)
    report.rows.append(_row(f"sealer and packer at {size:,}", measurements, afterwards))
    return total.cpu / measurements * 1000


def _verbs(
    office: Office, lead: dict[UUID, int], serials: Iterator[int]
) -> dict[str, Callable[[UUID], Call]]:
    """The mix, in the order an entry goes through it; `lead` remembers to whom it was assigned."""
    towns, due, names = list(office.towns), office.today + timedelta(days=20), office.names
    actors = {town: office.handlers(town) for town in towns}

    def assign(entry_id: UUID) -> Call:
        lead[entry_id] = towns[entry_id.int % len(towns)]
        return c.AssignEntry(entry_id=entry_id, lead_unit=lead[entry_id], due_on=due), office.desk

    def handled(command: c.AnyCommand) -> Call:
        return command, actors[lead[command.entry_id]]

    def create(_: UUID) -> Call:
        return registration(next(serials), office.ledger.ledger_id, names, office.today), office.desk

    return {
        "assign": assign,
        "accept": lambda entry_id: handled(c.AcceptEntry(entry_id=entry_id)),
        "progress": lambda entry_id: handled(
            c.ReportProgress(entry_id=entry_id, text="已进场施工，预计三天完成。")
        ),
        "report done": lambda entry_id: handled(
            c.ReportDone(entry_id=entry_id, text="已修复并请附近住户看过。")
        ),
        "create": create,
    }


def _cost(calls: Sequence[Call], report: Report) -> Cost:
    from taizhang.ledger.handle import handle

    for command, actor in calls[:WARM]:
        assert handle([command], actor).done
    with measured() as cost, report.profiled():
        for command, actor in calls[WARM:]:
            assert handle([command], actor).done
    return cost


def _row(what: str, commands: int, cost: Cost) -> dict[str, object]:
    each = {
        "CPU ms": cost.cpu,
        "app ms": cost.app,
        "PG ms": cost.postgres,
        "wall ms": cost.wall,
    }
    milliseconds = {name: round(value / commands * 1000, 2) for name, value in each.items()}
    return {"what": what, "commands": commands, **milliseconds, "RSS MB": round(cost.largest)}


def _number_and_pack(office: Office) -> None:
    from taizhang.ledger import cells, sealing

    sealing.seal(office.site.id)
    cells.pack(office.site.id)


BENCHMARK = Benchmark("handle", "CPU of one command on random entries", (20_000, 200_000), run)
