"""Working calendars shipped with the program, as texts: `core.calendar` reads them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from taizhang.core.calendar import Calendar, read_calendar
from taizhang.core.wording import Label

SHIPPED = Path(__file__).parent
NATIONAL = "china"


class NoSuchCalendar(Exception):
    """No calendar of this name is shipped; `message` says which are."""

    def __init__(self, given: str) -> None:
        known = "、".join(shipped_keys())
        self.message = Label(
            f"没有“{given}”这个工作日历。自带的有：{known}。",
            f"There is no calendar “{given}”. There are: {known}.",
        )
        super().__init__(self.message.zh)


def shipped_keys() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


@cache
def shipped(key: str) -> Calendar:
    """A calendar by its key. Raises NoSuchCalendar."""
    if key not in shipped_keys():
        raise NoSuchCalendar(key)
    return read_calendar(tomllib.loads((SHIPPED / f"{key}.toml").read_text(encoding="utf-8")))
