"""Writes a working calendar from the public `holidays` package, to be checked by people and kept as text.

    python -m pip install holidays        in an environment of its own: nothing of the program needs it
    python scripts/calendar_from_library.py US VT 2025 2027 "Vermont, public holidays" > taizhang/calendars/vermont.toml

Every year is marked *check it*: the package is careful, and still no office's order. docs/decisions/0020.
"""

from __future__ import annotations

import json
import sys

import holidays

HEAD = """\
# Public holidays from a library: to be checked against the office's own order. Then put what it was checked with
# in place of each `number`.
# Written by scripts/calendar_from_library.py; a year that is not in here counts weekends only.

key = {key}
name = {name}
name_en = {name}
"""


def calendar(country: str, state: str, first: int, last: int, name: str) -> str:
    """The text of a calendar, as taizhang/calendars/ holds them."""
    key = "".join(word for word in name.partition(",")[0].lower().split())
    source = f"holidays {holidays.__version__} ({country}-{state}), check it"
    years = "".join(_year(country, state, year, source) for year in range(first, last + 1))
    return HEAD.format(key=json.dumps(key), name=json.dumps(name)) + years


def _year(country: str, state: str, year: int, source: str) -> str:
    found = holidays.country_holidays(country, subdiv=state, years=year, language="en_US")
    lines = [
        f"    {{ name = {json.dumps(name)}, name_en = {json.dumps(name)}, off = [{json.dumps(day.isoformat())}] }},"
        for day, name in sorted(found.items())
    ]
    head = f"\n[[notice]]\nyear = {year}\nnumber = {json.dumps(source)}\nholidays = [\n"
    return head + "\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    given_country, given_state, given_first, given_last, given_name = sys.argv[1:]
    sys.stdout.write(calendar(given_country, given_state, int(given_first), int(given_last), given_name))
