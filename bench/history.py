"""A year of a ledger's life: entries in every stage, led by every town, and the events that brought them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from bench.entries import registration
from bench.office import Office
from taizhang.core import commands as c
from taizhang.core.actor import Actor

WEEKS = 48
QUIET = timedelta(days=30)
"""From the last registrations to today, so that every move after them lies in the past."""
DONE = ("assign", "accept", "progress", "report_done")
STRUCK = (*DONE, "pass", "close_out")
AGAIN = (*DONE, "fail", "progress", "report_done", "pass", "close_out")
PATHS: Sequence[tuple[str, ...]] = (
    (), (), ("assign",), ("assign",), DONE[:2], DONE[:2], DONE[:3], DONE[:3], DONE[:3], (*DONE[:3], "progress"),
    DONE, DONE, (*DONE, "pass"), (*DONE, "pass"), STRUCK, STRUCK, STRUCK, STRUCK, STRUCK, AGAIN,
)  # fmt: skip
"""The moves after a registration, by its number: two of twenty stay registered, six are struck off."""
RARE_EVERY = 50
RARE = tuple(
    f"{one}{other}亭旧址" for one, other in product("璇玑琥珀珞玳瑁璎珊瑚琅玕璞瑾瑜", "麒麟貔貅鸾凰鲲鹏")
)
"""Words that stand in one remark of fifty, each in every 120th of those."""

Step = Callable[[int, UUID], c.AnyCommand]


def fill(office: Office, numbers: range) -> None:
    """Register the entries of these numbers week by week over a year, and let each go its way."""
    from taizhang.org.sites import now

    first = now(office.site) - QUIET - timedelta(weeks=WEEKS)
    for week in range(WEEKS):
        part = numbers[len(numbers) * week // WEEKS : len(numbers) * (week + 1) // WEEKS]
        _week(office, part, first + timedelta(weeks=week))
    office.turn_clock(None)


def _week(office: Office, numbers: range, monday: datetime) -> None:
    office.turn_clock(monday)
    entries = office.do((_registration(n, office) for n in numbers), office.desk)
    ways = [(n, entry_id, PATHS[n % len(PATHS)]) for n, entry_id in zip(numbers, entries, strict=True)]
    for at in range(max(map(len, PATHS))):
        office.turn_clock(monday + timedelta(days=1 + 2 * at))
        for name, (step, actor) in _steps(office).items():
            moving = (step(n, entry_id) for n, entry_id, path in ways if path[at : at + 1] == (name,))
            office.do(moving, actor)


def _registration(n: int, office: Office) -> c.RegisterEntry:
    made = registration(n, office.ledger.ledger_id, office.names, office.today)
    if n % RARE_EVERY:
        return made
    word = RARE[n // RARE_EVERY % len(RARE)]
    return replace(made, fields={**made.fields, "remark": f"位于{word}保护范围"})


def _steps(office: Office) -> dict[str, tuple[Step, Actor]]:
    towns, due = list(office.towns), office.today + timedelta(days=40)

    def assign(n: int, entry_id: UUID) -> c.AssignEntry:
        helping = (towns[(7 * n + 1) % len(towns)],) if n % 3 == 0 else ()
        lead = towns[n % len(towns)]
        days = timedelta(days=n % 90)
        return c.AssignEntry(
            entry_id=entry_id,
            lead_unit=lead,
            assisting_units=tuple(unit for unit in helping if unit != lead),
            due_on=due + days,
        )

    return {
        "assign": (assign, office.desk),
        "accept": (lambda _n, entry_id: c.AcceptEntry(entry_id=entry_id), office.worker),
        "progress": (
            lambda _n, entry_id: c.ReportProgress(entry_id=entry_id, text="已进场施工，预计三天完成。"),
            office.worker,
        ),
        "report_done": (
            lambda _n, entry_id: c.ReportDone(entry_id=entry_id, text="已修复并请附近住户看过。"),
            office.worker,
        ),
        "pass": (
            lambda _n, entry_id: c.PassVerification(entry_id=entry_id, text="现场看过，属实。"),
            office.checker,
        ),
        "fail": (
            lambda _n, entry_id: c.FailVerification(entry_id=entry_id, reason="边角仍有破损，未处理。"),
            office.checker,
        ),
        "close_out": (lambda _n, entry_id: c.CloseOutEntry(entry_id=entry_id), office.checker),
    }
