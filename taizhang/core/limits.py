"""Limits (时限) and the days they end on, each counted and each skipped day with its reason.

民法典 第二百零一条: the day of the starting event is not counted; hours run from the moment itself.
第二百零二条: months and years end on the day of the same number, or on the month's last.
第二百零三条: a last day that is off gives way to the first day after it that is not.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from taizhang.core.calendar import Calendar, CalendarDay
from taizhang.core.wording import Label

LimitUnit = Literal["working_hours", "working_days", "natural_days", "months", "years"]
Roll = Literal["next", "previous", "none"]
MONTHS: dict[LimitUnit, int] = {"months": 1, "years": 12}
MOST: dict[LimitUnit, int] = {
    "working_hours": 20_000, "working_days": 10_000, "natural_days": 20_000, "months": 600, "years": 50,
}  # fmt: skip
"""How long a limit may be: about fifty years, so that a slip of the hand is no limit."""
UNITS: dict[LimitUnit, Label] = {
    "working_hours": Label("工作时", "working hours"),
    "working_days": Label("工作日", "working days"),
    "natural_days": Label("自然日", "natural days"),
    "months": Label("月", "months"),
    "years": Label("年", "years"),
}
_SPELT: dict[str, LimitUnit] = {
    "工作时": "working_hours", "工作小时": "working_hours", "working hour": "working_hours",
    "工作日": "working_days", "working day": "working_days",
    "自然日": "natural_days", "日": "natural_days", "天": "natural_days", "natural day": "natural_days",
    "day": "natural_days", "月": "months", "month": "months", "年": "years", "year": "years",
}  # fmt: skip
_LIMIT = re.compile(r"(\d{1,6})\s*个?\s*([^\d\s].*)")
_MINUTE = timedelta(minutes=1)

Hours = tuple[tuple[time, time], ...]
"""What of a working day is worked, in order."""
OFFICE_HOURS: Hours = ((time(8), time(12)), (time(14), time(18)))

_FIRST = Label("起算日，不计入", "the day it begins, not counted")
_COUNTED = Label("计入", "counted")
_STILL_OFF = Label("到期日遇休息日，顺延", "the last day is off: moved on")
_ROLLED = Label("顺延至此", "moved on to here")


class LimitRefused(Exception):
    """What was given is no limit, or reaches beyond all dates; `message` says why."""

    def __init__(self, message: Label) -> None:
        self.message = message
        super().__init__(message.zh)


@dataclass(frozen=True, slots=True)
class Limit:
    """`n` of a unit. `roll`: what becomes of a last day that is off (not asked for working days and hours).

    `day_begins`: when a day begins for this limit. With 12:00, as hotlines count, the afternoon of the 1st belongs to
    the 2nd; at midnight, nothing is moved.
    """

    n: int
    unit: LimitUnit
    roll: Roll = "next"
    day_begins: time = time()

    def day_of(self, moment: datetime) -> date:
        """The day the moment belongs to."""
        belongs_to_next = self.day_begins != time() and moment.time() >= self.day_begins
        return moment.date() + timedelta(days=belongs_to_next)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which nothing is counted, `first` and `last` included."""

    first: date
    last: date
    why: Label = Label("暂停计时", "the clock is stopped")  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Step:
    """One day on the way, and whether it was counted."""

    on: date
    counted: bool
    why: Label


@dataclass(frozen=True, slots=True)
class Reckoned:
    """When a limit ends. `at`: the moment, where hours are counted; `days` begin with the starting day.

    `is_provisional`: a day that mattered lies where the calendar is not arranged yet.
    """

    on: date
    days: tuple[Step, ...]
    is_provisional: bool
    at: datetime | None = None


def read_limit(text: str, *, roll: Roll = "next") -> Limit:
    """A limit as people write it: 5 个工作日, 15日, 3 months. Raises LimitRefused."""
    found = _LIMIT.fullmatch(text.strip())
    unit = None if found is None else _SPELT.get(_singular(found[2]))
    if found is None or unit is None:
        raise LimitRefused(
            Label(
                f"看不懂时限“{text}”：请写成“5 工作日”这样，单位是工作时、工作日、自然日、月或年。",
                f"“{text}” is no limit: write it like “5 working days”; working hours, working days, natural days,"
                " months, years.",
            )
        )
    n, most = int(found[1]), MOST[unit]
    if not 1 <= n <= most:
        name = UNITS[unit]
        raise LimitRefused(
            Label(f"时限应为 1 到 {most} 个{name.zh}。", f"a limit is of 1 to {most} {name.en}.")
        )
    return Limit(n, unit, roll)


def _singular(unit: str) -> str:
    plain = " ".join(unit.casefold().split())
    return plain.removesuffix("s") if plain.isascii() else plain


def reckon(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    hours: Hours = OFFICE_HOURS,
) -> Reckoned:
    """The end of a limit that an event at `start` sets running. Raises LimitRefused beyond all dates."""
    try:
        if limit.unit == "working_hours":
            return _by_hours(limit, start, calendar, pauses, hours)
        return _by_days(limit, limit.day_of(start), calendar, pauses)
    except (OverflowError, ValueError):
        raise LimitRefused(
            Label("这个时限超出了日历的范围。", "This limit reaches beyond the calendar.")
        ) from None


def _by_days(limit: Limit, start: date, calendar: Calendar, pauses: Sequence[Pause]) -> Reckoned:
    steps, left, on = [Step(start, False, _FIRST)], _days_of(limit, start), start
    is_provisional = False
    while left:
        on += timedelta(days=1)
        step, day = _counted(limit, on, calendar, pauses)
        steps.append(step)
        left -= step.counted
        is_provisional |= limit.unit == "working_days" and day.is_provisional
    if limit.unit != "working_days" and limit.roll != "none":
        on, rolled, doubtful = _rolled(limit.roll, on, start, calendar, pauses)
        return Reckoned(on, (*steps, *rolled), doubtful)
    return Reckoned(on, tuple(steps), is_provisional)


def _days_of(limit: Limit, start: date) -> int:
    """How many days there are to count; a limit of months counts those up to its day in the last month."""
    if limit.unit not in MONTHS:
        return limit.n
    months = start.year * 12 + start.month - 1 + limit.n * MONTHS[limit.unit]
    year, month = months // 12, months % 12 + 1
    return (date(year, month, min(start.day, monthrange(year, month)[1])) - start).days


def _counted(limit: Limit, on: date, calendar: Calendar, pauses: Sequence[Pause]) -> tuple[Step, CalendarDay]:
    day, pause = calendar.day(on), _pause_on(on, pauses)
    if pause is not None:
        return Step(on, False, pause.why), day
    if limit.unit == "working_days":
        return Step(on, day.is_worked, day.why), day
    return Step(on, True, _COUNTED), day


def _pause_on(on: date, pauses: Iterable[Pause]) -> Pause | None:
    return next((pause for pause in pauses if pause.first <= on <= pause.last), None)


def _rolled(
    roll: Roll, last: date, start: date, calendar: Calendar, pauses: Sequence[Pause]
) -> tuple[date, list[Step], bool]:
    """Where a last day that is off goes: the day, the days on the way, and whether one of them may still change."""
    way = timedelta(days=1 if roll == "next" else -1)
    on, steps, is_provisional = last, list[Step](), False
    while True:
        day, pause = calendar.day(on), _pause_on(on, pauses)
        is_provisional |= day.is_provisional
        if day.is_worked and (pause is None or on == last):
            break
        if roll == "previous" and on + way <= start:
            return last, [], is_provisional
        on += way
        if roll == "next":
            steps.append(Step(on, False, _STILL_OFF))
    if steps:
        steps[-1] = Step(on, False, _ROLLED)
    return on, steps, is_provisional


def _by_hours(
    limit: Limit, start: datetime, calendar: Calendar, pauses: Sequence[Pause], hours: Hours
) -> Reckoned:
    left, on, steps, is_provisional = timedelta(hours=limit.n), start.date(), list[Step](), False
    while True:
        day, pause = calendar.day(on), _pause_on(on, pauses)
        is_provisional |= day.is_provisional
        is_open = pause is None and day.is_worked
        used = timedelta()
        for begins, ends in _open(on, start, hours) if is_open else ():
            taken = min(left, ends - begins)
            left, used = left - taken, used + taken
            if not left:
                steps.append(Step(on, True, _spent(used)))
                return Reckoned(on, tuple(steps), is_provisional, begins + taken)
        off = pause.why if pause is not None else day.why
        steps.append(Step(on, bool(used), _spent(used) if is_open else off))
        on += timedelta(days=1)


def _open(on: date, start: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """The spans of a day that are worked and not over when the limit begins."""
    for begins, ends in hours:
        first = max(datetime.combine(on, begins, start.tzinfo), start)
        last = datetime.combine(on, ends, start.tzinfo)
        if first < last:
            yield first, last


def _spent(used: timedelta) -> Label:
    whole, minutes = divmod(used // _MINUTE, 60)
    zh = f"计 {whole} 小时" + (f" {minutes} 分" if minutes else "")
    en = f"{whole} h" + (f" {minutes} min" if minutes else "") + " counted"
    return Label(zh, en)
