# ruff: noqa: DTZ001 - times are of the site's zone and carry none
"""Reading days as people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.dates import Imprecise, Moment, NoDate, read_date, read_serial

DAYS = [
    date(1900, 1, 1) + timedelta(days=offset) for offset in range((date(2101, 1, 1) - date(1900, 1, 1)).days)
]
CHINESE = "〇一二三四五六七八九"


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if character.isdigit() else character for character in text)


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{CHINESE[tens]}十") + (
        "" if ones == 0 else CHINESE[ones]
    )


FORMS = {
    "iso": lambda day: day.isoformat(),
    "dots": lambda day: f"{day.year}.{day.month:02d}.{day.day:02d}",
    "short dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashes": lambda day: f" {day.year}/{day.month}/{day.day} ",
    "run together": lambda day: f"{day:%Y%m%d}",
    "Chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "Chinese spaced": lambda day: f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 号",
    "full width": lambda day: full_width(f"{day.year}年{day.month}月{day.day}日"),
    "Chinese numerals": lambda day: (
        "".join(CHINESE[int(digit)] for digit in str(day.year))
        + f"年{in_chinese(day.month)}月{in_chinese(day.day)}日"
    ),
    "with weekday": lambda day: f"{day.year}.{day.month}.{day.day}（星期{'一二三四五六日'[day.weekday()]}）",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_day_from_1900_to_2100_is_read_in_each_written_form(form: str) -> None:
    wrong = [
        day for day in DAYS if read_date(FORMS[form](day)) != Moment(datetime(day.year, day.month, day.day))
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["9 Jul 2026", "09-JUL-2026", "July 9, 2026", "Jul. 9th 2026"])
def test_a_day_with_its_month_in_english_is_read(text: str) -> None:
    assert read_date(text) == Moment(datetime(2026, 7, 9))


def test_every_serial_number_is_the_day_excel_shows() -> None:
    """Excel's own count: 1 is 1900-01-01 and 60 the 29 February 1900 that never was."""
    for day in DAYS[:59]:
        assert read_serial((day - date(1899, 12, 31)).days) == Moment(
            datetime.combine(day, datetime.min.time())
        )
    for day in DAYS[59:]:
        serial = (day - date(1899, 12, 30)).days
        if not 1900 <= serial < 2101:
            assert read_serial(serial) == Moment(datetime.combine(day, datetime.min.time())), serial
    assert isinstance(read_serial(60), NoDate)


@pytest.mark.parametrize(
    ("serial", "date1904", "at"),
    [
        (43613, False, datetime(2019, 5, 28)),
        (43613, True, datetime(2023, 5, 29)),
        (42151, True, datetime(2019, 5, 28)),
        (43613.5, False, datetime(2019, 5, 28, 12)),
        (43613.397326388891, False, datetime(2019, 5, 28, 9, 32, 9)),
        (20190528, False, datetime(2019, 5, 28)),
    ],
)
def test_serial_numbers_are_read_in_both_systems(serial: float, date1904: bool, at: datetime) -> None:
    reading = read_serial(serial, date1904=date1904)
    assert isinstance(reading, Moment)
    assert reading.at == at


@pytest.mark.parametrize("number", [2019, 2019.5, 2026.11])
def test_a_number_that_looks_like_a_year_is_not_taken_for_a_day_of_1905(number: float) -> None:
    assert isinstance(read_serial(number), Imprecise)


@pytest.mark.parametrize("number", [0, -1, 0.0, 1e12, 80_001, 20191340, 99999999])
def test_numbers_that_are_no_day_are_refused(number: float) -> None:
    assert isinstance(read_serial(number), NoDate)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2019/4/25 9:32:09", datetime(2019, 4, 25, 9, 32, 9)),
        ("2019/5/9 9:49", datetime(2019, 5, 9, 9, 49)),
        ("2019-04-25T09:32:09", datetime(2019, 4, 25, 9, 32, 9)),
        ("July 9th, 2026 3:30", datetime(2026, 7, 9, 3, 30)),
        ("2026年11月21日上午9时", datetime(2026, 11, 21, 9)),
        ("2026年11月21日 下午3点30分", datetime(2026, 11, 21, 15, 30)),
        ("2026年11月21日12时5分6秒", datetime(2026, 11, 21, 12, 5, 6)),
        ("2026-11-21 12:00 ", datetime(2026, 11, 21, 12)),
        ("2026-11-21 上午12:30", datetime(2026, 11, 21, 0, 30)),
    ],
)
def test_times_are_read_with_their_day(text: str, at: datetime) -> None:
    assert read_date(text) == Moment(at, timed=True)


def test_what_had_to_be_supposed_is_said() -> None:
    assert read_date("19.5.28") == Moment(datetime(2019, 5, 28), doubts=("two_digit_year",))
    assert read_date("98-5-28") == Moment(datetime(1998, 5, 28), doubts=("two_digit_year",))
    assert read_date("2026年11月21日前") == Moment(datetime(2026, 11, 21), doubts=("by_that_day",))
    reading = read_date("2019-04-25T09:32:09.000+08:00")
    assert reading == Moment(datetime(2019, 4, 25, 9, 32, 9), True, ("zone_left_out",))


@pytest.mark.parametrize(
    "text",
    ["2026年11月", "2026.11", "2026年", "2019", "11月底前", "立行立改", "长期坚持", "年底", "5月28日", "6月上旬", "2026年三季度",
     "60天内", "不超过18个月", "分批成立", "2019.5.26-28", "2019.5.26-2019.5.28", "5月20日-28日", "持续整改", "2026年上半年"],
)  # fmt: skip
def test_words_for_a_time_that_name_no_day_ask_for_one(text: str) -> None:
    assert isinstance(read_date(text), Imprecise)


@pytest.mark.parametrize(
    "text",
    ["2月30日", "2019年2月29日", "2019.13.01", "2019.13", "2019-06-31", "2019-05-28 25:00", "1899-12-31", "2101-01-01",
     "abc", "28/5/2019", "2019-5/28", "2019-05-2833", "RTB-061", "1.55", "13.55"],
)  # fmt: skip
def test_what_the_calendar_does_not_have_is_refused(text: str) -> None:
    assert isinstance(read_date(text), NoDate)


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(read_date(text), Moment | Imprecise | NoDate)


@given(st.text("0123456789年月日.-/: 时分上下午T+前", max_size=24))
def test_any_text_near_a_date_gets_an_answer(text: str) -> None:
    assert isinstance(read_date(text), Moment | Imprecise | NoDate)


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_any_number_gets_an_answer(number: float, date1904: bool) -> None:
    assert isinstance(read_serial(number, date1904=date1904), Moment | Imprecise | NoDate)


@pytest.mark.parametrize("text", ["End of November", "May 2026", "ASAP", "within 10 days"])
def test_english_words_that_name_no_day_are_asked_about(text: str) -> None:
    assert isinstance(read_date(text), Imprecise)


@pytest.mark.parametrize("text", ["7/9/2026", "31 Feb 2026", "marble 5, 2026", "9 Juli 2026"])
def test_what_english_could_read_in_two_ways_or_none_is_no_day(text: str) -> None:
    assert isinstance(read_date(text), NoDate)
