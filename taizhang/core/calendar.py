"""The working calendar (工作日历): which days are worked, and on whose word.

A year nobody has arranged yet counts weekends only, and says so: what rests on it is provisional (暂定) and
reckoned anew once the arrangement is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from taizhang.core.wording import Label

SATURDAY = 5
NEXT_YEAR_BEGINS = (12, 29)
"""From this day of a year the arrangement of the next may speak: no notice so far has reached further back."""
MOST_DAYS = 1_000
"""Days one arrangement may name; a typing slip in a year would name thousands."""

_WORKED = Label("工作日", "working day")
_WEEKEND = Label("周末", "weekend")


class CalendarRefused(Exception):
    """The text of a calendar cannot be taken; `message` says where and why."""

    def __init__(self, message: Label) -> None:
        self.message = message
        super().__init__(message.zh)


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is said of one day: off, or worked although a weekend; and where that is said."""

    is_off: bool
    name: Label
    basis: str = ""

    @property
    def why(self) -> Label:
        told = f"，{self.basis}" if self.basis else ""
        told_en = f", {self.basis}" if self.basis else ""
        if self.is_off:
            return Label(f"{self.name.zh}放假{told}", f"{self.name.en} holiday{told_en}")
        return Label(f"{self.name.zh}调休上班{told}", f"worked instead of {self.name.en}{told_en}")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day: whether it is worked, why, and whether that may still change."""

    on: date
    is_worked: bool
    why: Label
    is_provisional: bool = False


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days by their arrangement; all others by the week. `years` are those arranged; None: no year needs to be."""

    key: str
    name: Label
    days: Mapping[date, Arranged] = field(default_factory=dict)
    years: frozenset[int] | None = None

    def day(self, on: date) -> CalendarDay:
        arranged = self.days.get(on)
        if arranged is not None:
            return CalendarDay(on, not arranged.is_off, arranged.why)
        is_worked = on.weekday() < SATURDAY
        why = _WORKED if is_worked else _WEEKEND
        if not self._is_provisional(on):
            return CalendarDay(on, is_worked, why)
        told = Label(
            f"{why.zh}（暂定：{self._waits_for(on)}年安排未公布）",
            f"{why.en} (provisional: {self._waits_for(on)} is not arranged yet)",
        )
        return CalendarDay(on, is_worked, told, is_provisional=True)

    def with_own(self, days: Mapping[date, Arranged], name: Label | None = None) -> Calendar:
        """This calendar with one's own days on top, which go before."""
        return replace(self, days={**self.days, **days}, name=name or self.name)

    def _is_provisional(self, on: date) -> bool:
        return self.years is not None and self._waits_for(on) not in self.years

    def _waits_for(self, on: date) -> int:
        """The year whose arrangement decides on this day."""
        if self.years is not None and on.year in self.years and (on.month, on.day) >= NEXT_YEAR_BEGINS:
            return on.year + 1
        return on.year


def read_calendar(told: Mapping[str, Any]) -> Calendar:
    """A calendar from its parsed text: `key`, `name`, `name_en`, `every_year` or a `notice` for each year, with
    `year`, `number` and `holidays` of `name`, `name_en`, `off` (`2026-02-15..2026-02-23`), `work` and `number`.

    Raises CalendarRefused.
    """
    try:
        days = dict(_days(told.get("notice", ())))
        years = None if told.get("every_year") else frozenset(int(one["year"]) for one in told["notice"])
        return Calendar(str(told["key"]), Label(told["name"], told["name_en"]), days, years)
    except KeyError as missing:
        raise CalendarRefused(
            Label(f"工作日历缺少 {missing.args[0]}", f"the calendar lacks {missing.args[0]}")
        ) from None


def _days(notices: Iterable[Mapping[str, Any]]) -> Iterator[tuple[date, Arranged]]:
    for notice in notices:
        for one in notice["holidays"]:
            name, basis = Label(one["name"], one["name_en"]), one.get("number", notice.get("number", ""))
            for text in one.get("off", ()):
                yield from ((on, Arranged(True, name, basis)) for on in _span(text))
            for text in one.get("work", ()):
                yield from ((on, Arranged(False, name, basis)) for on in _span(text))


def _span(text: str) -> Iterator[date]:
    """The days of `2026-02-15..2026-02-23`, both ends included, or the one day."""
    first, _dots, last = text.partition("..")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        begin, end = date.max, date.min
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise CalendarRefused(
            Label(f"工作日历里的日期“{text}”不对", f"“{text}” in the calendar is no day or span of days")
        )
    return (begin + timedelta(days=n) for n in range((end - begin).days + 1))
