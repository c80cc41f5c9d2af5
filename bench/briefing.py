"""`briefing`: counts as of any day of a three years' history, without and with weekly snapshots."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from statistics import quantiles
from typing import Any
from uuid import UUID

from bench.entries import registration
from bench.machine import Cost, measured
from bench.office import Office
from bench.report import Benchmark, Report
from taizhang.core import commands as c
from taizhang.core.actor import Actor

DAYS = 3 * 365
QUESTIONS = 300
"""Random days each kind of question is asked for."""

Ask = Callable[[date], object]
Step = Callable[[UUID], c.AnyCommand]


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    from taizhang.ledger import cells

    size = sizes[0]
    days = min(DAYS, max(2, size // 20))
    first, last = _history(office, size, days, report)
    office.settle()
    dice = Random(7)
    asked = [first + timedelta(days=dice.randrange((last - first).days)) for _ in range(min(QUESTIONS, size))]
    questions = _questions(office)
    _answer("without snapshots", {"standing": questions["standing"]}, asked, report)
    with measured() as cost:
        made = cells.snapshot(office.site.id, last + timedelta(days=1))
    if made:
        report.rows.append({"what": "making a snapshot", **_milliseconds([cost.wall / made], cost, made)})
    _answer("with snapshots", questions, asked, report)


def _history(office: Office, size: int, days: int, report: Report) -> tuple[date, date]:
    """An entry's life spread over weeks, each day packed as the worker would; first and last day."""
    end = datetime.now().astimezone()
    diary = _Diary(office)
    with measured() as cost:
        for day in range(days):
            moment = end - timedelta(days=days - day)
            office.turn_clock(moment)
            diary.live(day, range(size * day // days, size * (day + 1) // days))
            _pack(office)
    office.turn_clock(end)
    report.rows.append(
        {"what": f"(the history: {diary.events:,} events, {diary.events / cost.wall:,.0f} a second)"}
    )
    return (end - timedelta(days=days)).date(), (end - timedelta(days=1)).date()


def _pack(office: Office) -> None:
    from taizhang.ledger import cells, sealing

    sealing.seal(office.site.id)
    cells.pack(office.site.id)


class _Diary:
    """What is to be done to which entry on which day."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._dice = Random(3)
        self._waiting: dict[tuple[int, int], list[UUID]] = defaultdict(list)
        self.events = 0

    def live(self, day: int, numbers: range) -> None:
        """A day: what is new, then every later step in the order of its stage."""
        office, dice = self._office, self._dice
        ledger_id, names, today = office.ledger.ledger_id, office.names, office.today
        new = office.do((registration(n, ledger_id, names, today) for n in numbers), office.desk)
        self._later(day, 0, new, 1, 4)
        self.events += len(new)
        for n, (step, actor, least, most) in enumerate(self._steps(today)):
            entries = self._waiting.pop((day, n), [])
            dice.shuffle(entries)
            self.events += len(office.do(map(step, entries), actor))
            self._later(day, n + 1, entries, least, most)

    def _later(self, day: int, step: int, entries: Sequence[UUID], least: int, most: int) -> None:
        for entry_id in entries:
            self._waiting[day + self._dice.randint(least, most), step].append(entry_id)

    def _steps(self, today: date) -> Iterator[tuple[Step, Actor, int, int]]:
        """Each step with who takes it, and after how many days the next one follows."""
        office, towns = self._office, list(self._office.towns)
        due = today + timedelta(days=30)

        def assign(entry_id: UUID) -> c.AnyCommand:
            return c.AssignEntry(entry_id=entry_id, lead_unit=towns[entry_id.int % len(towns)], due_on=due)

        yield assign, office.desk, 1, 3
        yield (lambda entry_id: c.AcceptEntry(entry_id=entry_id)), office.worker, 5, 60
        yield (lambda entry_id: c.ReportDone(entry_id=entry_id, text="已整改。")), office.worker, 1, 10
        yield (lambda entry_id: c.PassVerification(entry_id=entry_id)), office.checker, 1, 5
        yield (lambda entry_id: c.CloseOutEntry(entry_id=entry_id)), office.checker, 1, 1


def _questions(office: Office) -> dict[str, Ask]:
    from taizhang.ledger.briefing import brief
    from taizhang.ledger.cells import flows, standing

    place = office.site.id, office.ledger.ledger_id
    return {
        "standing": lambda day: standing(*place, day),
        "standing, as known that day": lambda day: standing(*place, day, known_at=day),
        "flows of the day": lambda day: flows(*place, day, day),
        "flows of the week": lambda day: flows(*place, day - timedelta(days=6), day),
        "flows of a year": lambda day: flows(*place, day - timedelta(days=365), day),
        "the whole briefing": lambda day: brief(office.ledger, office.desk.acting, day),
        "the whole briefing of a county": lambda day: brief(office.ledger, office.county.acting, day),
    }


def _answer(how: str, questions: dict[str, Ask], asked: Sequence[date], report: Report) -> None:
    for what, ask in questions.items():
        ask(asked[0])
        taken = list[float]()
        with measured() as cost, report.profiled():
            for day in asked:
                started = time.perf_counter()
                ask(day)
                taken.append(time.perf_counter() - started)
        report.rows.append({"what": f"{what}, {how}", **_milliseconds(taken, cost, len(asked))})


def _milliseconds(taken: Sequence[float], cost: Cost, times: int) -> dict[str, Any]:
    cuts = quantiles(taken, n=20, method="inclusive") if len(taken) > 1 else [taken[0]] * 19
    figures = {
        "p50 ms": cuts[9],
        "p95 ms": cuts[18],
        "app ms": cost.app / times,
        "PG ms": cost.postgres / times,
    }
    return {"times": times, **{name: round(value * 1000, 2) for name, value in figures.items()}}


BENCHMARK = Benchmark("briefing", "counts as of any day of three years", (50_000,), run)
