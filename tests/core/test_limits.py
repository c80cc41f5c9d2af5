# ruff: noqa: DTZ001 - times are of the site's zone and carry none
"""When a limit ends: worked examples with their sources, and what holds for every calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.calendars import shipped
from taizhang.core.calendar import Arranged, Calendar
from taizhang.core.limits import Limit, LimitRefused, LimitUnit, Pause, Reckoned, read_limit, reckon
from taizhang.core.wording import Label

CHINA = shipped("china")
DAYS: tuple[LimitUnit, ...] = ("working_days", "natural_days", "months", "years")


def ends(start: str, limit: str, *pauses: Pause, roll: str = "next") -> str:
    return reckon(read_limit(limit, roll=roll), datetime.fromisoformat(start), CHINA, pauses).on.isoformat()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        # 国办发明电〔2025〕7号: the 14th of February is worked, the 15th to 23rd are the Spring Festival.
        ("2026-02-13", "5 工作日", "2026-02-27"),
        # The same notice: the 10th of October is worked.
        ("2026-09-30", "5个工作日", "2026-10-13"),
        # 信访工作条例 第二十二条: registered and passed on within 15 days of receipt, which are natural ones.
        ("2026-03-02", "15 日", "2026-03-17"),
        # 第三十四条: 60 days from admission; the 60th is a Saturday, 民法典 第二百零三条.
        ("2026-03-18", "60 自然日", "2026-05-18"),
        # 行政许可法 第四十二条: 20 working days (第八十二条), and 10 more with leave, over Labour Day.
        ("2026-04-13", "20 工作日", "2026-05-13"),
        ("2026-05-13", "10 工作日", "2026-05-27"),
        # 代表建议: 3 months, 6 at most; at a month's end 民法典 第二百零二条.
        ("2025-11-30", "3 个月", "2026-02-28"),
        ("2026-03-31", "6 个月", "2026-09-30"),
        ("2024-02-29", "1 年", "2025-02-28"),
    ],
)
def test_worked_examples(start: str, limit: str, end: str) -> None:
    assert ends(start, limit) == end


def test_a_hearing_stops_the_clock_of_a_second_review() -> None:
    """信访工作条例 第三十六条: 30 days, the time of the hearing not counted."""
    hearing = Pause(date(2026, 3, 10), date(2026, 3, 16), Label("听证，不计入"))
    assert (ends("2026-03-02", "30 日"), ends("2026-03-02", "30 日", hearing)) == ("2026-04-01", "2026-04-08")


def test_hours_run_from_the_moment_and_over_a_saturday_that_is_worked() -> None:
    found = reckon(read_limit("12 工作时"), datetime(2026, 2, 13, 16), CHINA)
    assert found.at == datetime(2026, 2, 24, 10)
    assert [step.why.zh for step in found.days if step.counted] == ["计 2 小时", "计 8 小时", "计 2 小时"]


def test_hours_begin_with_the_office() -> None:
    night, lunch = datetime(2026, 3, 2, 22, 30), datetime(2026, 3, 2, 12, 30)
    assert reckon(read_limit("1 工作时"), night, CHINA).at == datetime(2026, 3, 3, 9)
    assert reckon(read_limit("4 工作时"), lunch, CHINA).at == datetime(2026, 3, 2, 18)
    assert reckon(read_limit("1 工作时"), lunch, CHINA, hours=((time(12), time(13)),)).at == datetime(
        2026, 3, 3, 12, 30
    )


def test_an_afternoon_belongs_to_the_next_day_where_days_begin_at_noon() -> None:
    limit = Limit(1, "working_days", day_begins=time(12))
    ended = [reckon(limit, datetime(2026, 3, 2, hour), CHINA).on.day for hour in (11, 12)]
    assert ended == [3, 4]


@pytest.mark.parametrize(
    ("roll", "end"), [("next", "2026-02-24"), ("previous", "2026-02-14"), ("none", "2026-02-16")]
)
def test_a_last_day_that_is_off_goes_where_the_rule_says(roll: str, end: str) -> None:
    assert ends("2026-02-06", "10 自然日", roll=roll) == end


def test_nothing_rolls_back_to_before_it_began() -> None:
    assert ends("2026-02-14", "2 日", roll="previous") == "2026-02-16"


@pytest.mark.parametrize(
    ("start", "limit", "is_provisional"),
    [
        ("2026-12-20", "5 工作日", False),
        ("2026-12-25", "5 工作日", True),
        ("2026-12-28", "1 工作日", True),
        ("2026-11-02", "2 月", True),
        ("2026-11-02", "1 月", False),
    ],
)
def test_what_reaches_into_a_year_not_arranged_is_provisional(
    start: str, limit: str, is_provisional: bool
) -> None:
    """From the 29th of December the next year's notice may speak, as that of 2019 did."""
    found = reckon(read_limit(limit), datetime.fromisoformat(start), CHINA)
    assert found.is_provisional is is_provisional


@pytest.mark.parametrize(
    "text", ["", "5", "工作日", "-1 工作日", "0 工作日", "5 周", "1.5 月", "10001 工作日", "51 年"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(LimitRefused):
        read_limit(text)


def test_a_limit_beyond_all_dates_is_refused() -> None:
    for limit in ("50 年", "20000 自然日", "20000 工作时"):
        with pytest.raises(LimitRefused):
            reckon(read_limit(limit), datetime(9996, 1, 1, 9), CHINA)


def test_limits_are_read_in_both_languages() -> None:
    spelt = ("5个工作日", "5 工作日", "5 working days", "5 Working  Days")
    assert {read_limit(text) for text in spelt} == {Limit(5, "working_days")}
    assert read_limit("1 year") == Limit(1, "years")


# What holds for every calendar.
FIRST = date(2026, 1, 1)
some_days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
calendars = st.dictionaries(some_days, st.booleans(), max_size=60).map(
    lambda days: Calendar("any", Label("任意"), {on: Arranged(off, Label("改")) for on, off in days.items()})
)
pauses = st.lists(
    st.tuples(some_days, st.integers(0, 20)).map(
        lambda one: Pause(one[0], one[0] + timedelta(days=one[1]), Label("停"))
    ),
    max_size=4,
)
limits = st.builds(Limit, st.integers(1, 30), st.sampled_from(DAYS[:2]), st.sampled_from(["next", "none"]))
starts = some_days.map(lambda on: datetime.combine(on, time(9)))


def counted(found: Reckoned) -> int:
    return sum(step.counted for step in found.days)


@given(limits, starts, calendars, pauses)
def test_the_days_told_add_up_to_the_last(
    limit: Limit, start: datetime, calendar: Calendar, paused: list[Pause]
) -> None:
    found = reckon(limit, start, calendar, paused)
    assert counted(found) == limit.n
    assert [step.on for step in found.days] == [
        start.date() + timedelta(days=n) for n in range((found.on - start.date()).days + 1)
    ]


@given(limits, starts, calendars, pauses)
def test_a_pause_never_loses_time(
    limit: Limit, start: datetime, calendar: Calendar, paused: list[Pause]
) -> None:
    """However the clock was stopped, as many days are counted, none of them a stopped one, and never sooner."""
    plain, found = reckon(limit, start, calendar), reckon(limit, start, calendar, paused)
    assert found.on >= plain.on and counted(found) == counted(plain)
    stopped = {step.on for step in found.days if any(one.first <= step.on <= one.last for one in paused)}
    assert not [step for step in found.days if step.counted and step.on in stopped]


@given(limits, starts, calendars)
def test_a_longer_limit_never_ends_sooner(limit: Limit, start: datetime, calendar: Calendar) -> None:
    longer = Limit(limit.n + 1, limit.unit, limit.roll)
    assert reckon(longer, start, calendar).on >= reckon(limit, start, calendar).on


@given(limits, starts, calendars, pauses)
def test_the_last_day_is_worked_unless_nothing_rolls(
    limit: Limit, start: datetime, calendar: Calendar, paused: list[Pause]
) -> None:
    found = reckon(limit, start, calendar, paused)
    assert (limit.roll == "none" and limit.unit != "working_days") or calendar.day(found.on).is_worked


@given(st.integers(1, 60), starts, calendars)
def test_hours_are_spent_in_full_and_only_on_days_that_are_worked(
    n: int, start: datetime, calendar: Calendar
) -> None:
    found = reckon(Limit(n, "working_hours"), start, calendar)
    assert found.at is not None and found.at.date() == found.on
    assert all(calendar.day(step.on).is_worked for step in found.days if step.counted)
    assert -(-n // 8) <= counted(found) <= n // 8 + 2
