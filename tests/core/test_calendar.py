"""The working calendar: the State Council's arrangements as text, and one's own days on top."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from taizhang.calendars import NoSuchCalendar, shipped
from taizhang.core.calendar import Arranged, CalendarRefused, read_calendar
from taizhang.core.wording import Label

CHINA = shipped("china")


def worked(year: int) -> int:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return sum(CHINA.day(on).is_worked for on in days if on.year == year)


def test_working_days_of_the_years() -> None:
    """248 in 2026 by 国办发明电〔2025〕7号; 250 or 251 while there were eleven holidays, at most 254 in a leap year."""
    assert worked(2026) == 248
    assert all(247 <= worked(year) <= 254 for year in range(2004, 2026))


@pytest.mark.parametrize(
    ("on", "is_worked", "why"),
    [
        ("2026-02-14", True, "春节调休上班，国办发明电〔2025〕7号"),
        ("2026-02-23", False, "春节放假，国办发明电〔2025〕7号"),
        ("2019-05-04", False, "劳动节放假，国办发明电〔2019〕3号"),
        ("2020-01-31", False, "春节放假，国办发明电〔2019〕16号、国办发明电〔2020〕1号"),
        ("2018-12-29", True, "元旦调休上班，国办发明电〔2018〕15号"),
        ("2005-12-31", True, "元旦调休上班，国办发明电〔2005〕35号"),
        ("2026-11-21", False, "周末"),
        ("2026-11-23", True, "工作日"),
    ],
)
def test_a_day_says_whether_it_is_worked_and_on_whose_word(on: str, is_worked: bool, why: str) -> None:
    day = CHINA.day(date.fromisoformat(on))
    assert (day.is_worked, day.why.zh, day.is_provisional) == (is_worked, why, False)


def test_nothing_arranged_is_a_day_that_would_be_so_anyway() -> None:
    """Only a weekend is worked instead; and a holiday takes at least one day that is no weekend, or moves one."""
    assert [on for on, said in CHINA.days.items() if not said.is_off and on.weekday() < 5] == []


def test_a_year_not_arranged_counts_weekends_and_says_so() -> None:
    monday, sunday = CHINA.day(date(2027, 3, 1)), CHINA.day(date(2027, 3, 7))
    assert (monday.is_worked, sunday.is_worked) == (True, False)
    assert monday.is_provisional and "2027年安排未公布" in monday.why.zh and "2027" in monday.why.en


def test_the_last_days_of_the_last_year_arranged_wait_for_the_next() -> None:
    assert not CHINA.day(date(2026, 12, 28)).is_provisional
    assert CHINA.day(date(2026, 12, 29)).is_provisional
    assert not CHINA.day(date(2025, 12, 29)).is_provisional


def test_weekends_alone_are_never_provisional() -> None:
    day = shipped("weekends").day(date(2050, 10, 3))
    assert (day.is_worked, day.is_provisional) == (True, False)


def test_own_days_go_before() -> None:
    own = Arranged(True, Label("县庆日", "county day"), "×政发〔2026〕1号")
    day = CHINA.with_own({date(2026, 5, 20): own}).day(date(2026, 5, 20))
    assert (day.is_worked, day.why.zh) == (False, "县庆日放假，×政发〔2026〕1号")


@pytest.mark.parametrize(
    "span", ["2026-02-30", "2026-02-15...2026-02-20", "2026-03-01..2026-02-01", "2026-01-01..2126-01-01"]
)
def test_a_span_that_is_none_is_refused_by_name(span: str) -> None:
    notice = {"year": 2026, "holidays": [{"name": "节", "name_en": "day", "off": [span]}]}
    with pytest.raises(CalendarRefused, match=span.replace(".", r"\.")):
        read_calendar({"key": "k", "name": "历", "name_en": "calendar", "notice": [notice]})


def test_a_calendar_says_what_it_lacks() -> None:
    with pytest.raises(CalendarRefused, match="name_en"):
        read_calendar({"key": "k", "name": "历", "notice": []})


def test_a_calendar_that_is_not_shipped_is_told_with_those_that_are() -> None:
    with pytest.raises(NoSuchCalendar, match="china、vermont、weekends"):
        shipped("../china")
