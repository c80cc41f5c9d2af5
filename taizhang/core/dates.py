# ruff: noqa: DTZ001 - times are of the site's zone and carry none
"""Reads days and moments as Chinese offices write them: 2019.5.28, 2026年11月21日, 43613, 11月底前, 立行立改.

In English a day is read where its month is a word (9 Jul 2026, July 9, 2026); 7/9/2026 could be either day.
Nothing here guesses: a writing that names no single day is `Imprecise`, one that cannot be a day
is `NoDate`. Times are of the site's zone and carry none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from taizhang.core.wording import Label

FIRST_YEAR, LAST_YEAR = 1900, 2100

Doubt = Literal["two_digit_year", "by_that_day", "zone_left_out", "from_serial"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with its time where one was written (`timed`), and what the reader had to suppose."""

    at: datetime
    timed: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Imprecise:
    """The writing means a time but names no single day (2026年11月, 11月底前, 长期坚持): ask for the day."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """Not a date at all, or none the calendar has; `why` says which."""

    why: Label


Reading = Moment | Imprecise | NoDate

_DAY = re.compile(
    r"(?P<year>\d{4}|\d{2})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*(?P<second>[-/.月])\s*(?P<day>\d{1,2})(?P<last>\s*[日号])?"
)
_RUN = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_TIME = re.compile(
    r"(?:T|\s+|(?=[上下]午)|(?<=日)|(?<=号))(?P<half>上午|下午|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})\s*(?:[时点]|:(?=\s*\d))\s*"
    r"(?:(?P<minute>\d{1,2})(?:\s*[:分]\s*(?:(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\s*\(?(?:星期|周)[一二三四五六日天]\)?")
_BY = re.compile(r"\s*(?:之前|以前|前|止)$")
_MONTH = re.compile(r"(?:\d{4}|\d{2})\s*[-/.年]\s*(?P<month>\d{1,2})\s*月?(?:份)?")
_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?(?:度)?")
_MONTH_AND_DAY = re.compile(r"(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*[日号]?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WORD = rf"(?P<month>{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in _MONTHS)}|sept)\.?"
_VAGUE = re.compile(
    r"\d+\s*个?\s*(?:工作日|自然日|小时|天|日|周|月|年|季度)(?:之?内|以内|后)?"
    r"|(?i:\b(?:end|beginning|early|mid|late|within|by|before|after|next|asap|immediately|ongoing|tbd)\b)"
    rf"|(?i:\b(?:{'|'.join(_MONTHS)})\b)"
    r"|月(?:初|中|底|末|份)?|[上中下]旬|季度|[上下]半年|年(?:初|中|底|末)|前$|之前|以前|左右|期间|内$|至|到|~|—|以后|之后"
)
_ENGLISH = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_WORD},?[\s-]+(?P<year>\d{{4}})\b",
        rf"\b{_WORD}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b",
    )
]
_SPAN = re.compile(r"\s*[-~–—至到]\s*\d")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十廿卅]{1,3})[日号])?"
)
_DIGITS = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_UNREADABLE = Label(
    "看不出是哪一天，请写成 2026-11-21 这样", "no day can be read from this; write it like 2026-11-21"
)
_IMPOSSIBLE = Label("日历上没有这一天", "the calendar has no such day")
_OUT_OF_RANGE = Label(
    f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}"
)


def read_date(text: str) -> Reading:
    """What day (and time) a writing names. Full-width digits and outer white space do not matter."""
    plain = _WEEKDAY.sub("", _in_digits(unicodedata.normalize("NFKC", text).replace("。", ".").strip()))
    by = _BY.search(plain)
    found = _exact(_BY.sub("", plain))
    if isinstance(found, Moment) and by is not None:
        return Moment(found.at, found.timed, (*found.doubts, "by_that_day"))
    return found if found is not None else _inexact(plain)


def read_serial(number: float, *, date1904: bool = False) -> Reading:
    """The day a spreadsheet's serial number means: 43613 → 2019-05-28, or 2023-05-29 in the 1904 system.

    A number that looks like a written year or month (2019, 2019.5) or day (20190528) is taken as written.
    """
    if number == int(number) and 1900_01_01 <= number <= 2100_12_31:
        return read_date(str(int(number)))
    if FIRST_YEAR <= number < LAST_YEAR + 1:
        return Imprecise()
    if not 0 < number < 80_000:
        return NoDate(_UNREADABLE)
    if not date1904 and int(number) == 60:
        return NoDate(
            Label(
                "序列号 60 是 Excel 里并不存在的 1900-02-29",
                "serial 60 is 1900-02-29, a day only Excel knows",
            )
        )
    seconds = round(number * 86_400)
    at = _epoch(number, date1904) + timedelta(seconds=seconds)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return NoDate(_OUT_OF_RANGE)
    return Moment(at, timed=seconds % 86_400 != 0)


def _epoch(number: float, date1904: bool) -> datetime:
    """Serial 0. Excel counts a 29 February 1900 that never was, so later serials stand one too high."""
    if date1904:
        return datetime(1904, 1, 1)
    return datetime(1899, 12, 31) if number < 60 else datetime(1899, 12, 30)


def _in_digits(text: str) -> str:
    """二〇二六年十一月二十一日 → 2026年11月21日, 21 Nov 2026 → 2026-11-21; anything else unchanged."""

    def spelt(found: re.Match[str]) -> str:
        year = "".join(_DIGITS[digit] for digit in found[1])
        day = f"{_small(found[3])}日" if found[3] else ""
        return f"{year}年{_small(found[2])}月{day}"

    def numbered(found: re.Match[str]) -> str:
        month = next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == found["month"][:3].lower())
        return f"{found['year']}-{month}-{found['day']}"

    for english in _ENGLISH:
        text = english.sub(numbered, text)
    return _CHINESE.sub(spelt, text)


def _small(word: str) -> int:
    tens, ten, ones = word.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    unit = int(_DIGITS.get(ones, "0")) if len(ones) <= 1 else 99
    return (int(_DIGITS.get(tens, "1" if not tens else "9")) if ten else 0) * 10 + unit


def _exact(plain: str) -> Reading | None:
    found = _DAY.match(plain) or _RUN.match(plain)
    if found is None:
        return None
    if found.re is _DAY and not _marks_agree(found):
        return None
    rest = plain[found.end() :]
    time = _TIME.fullmatch(plain, found.end()) if rest.strip() else None
    if rest.strip() and time is None:
        return Imprecise() if _SPAN.match(rest) else None
    return _moment(found, time)


def _marks_agree(found: re.Match[str]) -> bool:
    return (found["mark"] == "年") == (found["second"] == "月") and (
        found["mark"] == found["second"] or found["mark"] == "年"
    )


def _moment(day: re.Match[str], time: re.Match[str] | None) -> Moment | NoDate:
    year, doubts = int(day["year"]), list[Doubt]()
    if len(day["year"]) == 2:
        year += 2000 if year < 70 else 1900
        doubts.append("two_digit_year")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return NoDate(_OUT_OF_RANGE)
    if time is not None and time["zone"]:
        doubts.append("zone_left_out")
    try:
        at = datetime(year, int(day["month"]), int(day["day"]), *_clock(time))
    except ValueError:
        return NoDate(_IMPOSSIBLE)
    return Moment(at, time is not None, tuple(doubts))


def _clock(time: re.Match[str] | None) -> tuple[int, int, int]:
    if time is None:
        return 0, 0, 0
    hour = int(time["hour"])
    half = (time["half"] or "").upper()
    if half in ("下午", "PM") and hour < 12:
        hour += 12
    if half in ("上午", "AM") and hour == 12:
        hour = 0
    return hour, int(time["minute"] or 0), int(time["second"] or 0)


def _inexact(plain: str) -> Reading:
    """Words for a time without a day, or nothing the calendar knows."""
    month = _MONTH.fullmatch(plain)
    if month is not None:
        return Imprecise() if 1 <= int(month["month"]) <= 12 else NoDate(_IMPOSSIBLE)
    if without_year := _MONTH_AND_DAY.fullmatch(plain):
        return Imprecise() if _could_be(without_year) else NoDate(_IMPOSSIBLE)
    if _YEAR.fullmatch(plain) or _VAGUE.search(plain) or not re.search(r"[0-9A-Za-z]", plain):
        return Imprecise()
    return NoDate(_UNREADABLE)


def _could_be(found: re.Match[str]) -> bool:
    try:
        date(2000, int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True
