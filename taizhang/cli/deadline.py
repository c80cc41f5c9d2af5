"""`taizhang deadline compute`: when a limit ends and why, day by day. Needs no site."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from datetime import date, datetime, time
from itertools import pairwise
from typing import get_args

from taizhang.calendars import NATIONAL, NoSuchCalendar, shipped
from taizhang.cli.columns import table
from taizhang.cli.command import DONE, Command, WrongUse
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say
from taizhang.core.calendar import Calendar
from taizhang.core.dates import Moment, read_date
from taizhang.core.limits import (
    OFFICE_HOURS,
    UNITS,
    Hours,
    Limit,
    LimitRefused,
    Pause,
    Reckoned,
    Roll,
    read_limit,
    reckon,
)
from taizhang.core.wording import Label

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_MARKS = {True: Label("计", "yes"), False: Label("—", "—")}


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="start", metavar="DAY", required=True, type=text,
        help=_("起算的事发生在哪一天，如 2026-02-13；按工作时计的写到分：2026-02-13 15:30"),
    )  # fmt: skip
    parser.add_argument(
        "--limit",
        metavar="LIMIT",
        required=True,
        type=text,
        help=_("时限，如 5 工作日、15 自然日、2 月、8 工作时"),
    )
    parser.add_argument(
        "--calendar", metavar="NAME", type=text, default=NATIONAL,
        help=_("工作日历：china（默认，含调休）或 weekends（只休周末）"),
    )  # fmt: skip
    parser.add_argument(
        "--pause",
        metavar="A..B",
        action="append",
        default=[],
        type=text,
        help=_("暂停计时的日子，首尾都不计；可以给多次"),
    )
    parser.add_argument(
        "--roll", choices=get_args(Roll), default="next",
        help=_("到期日是休息日时：next 顺延（默认），previous 提前，none 不动"),
    )  # fmt: skip
    parser.add_argument(
        "--hours", metavar="H:MM-H:MM", action="append", default=[], type=text,
        help=_("按工作时计的上班时间，可以给多次（默认 8:00-12:00 和 14:00-18:00）"),
    )  # fmt: skip


def _run(args: Namespace, say: Say) -> int:
    calendar = _calendar(args.calendar)
    try:
        limit = read_limit(args.limit, roll=args.roll)
        found = reckon(limit, _start(args.start, limit), calendar, _pauses(args.pause), _hours(args.hours))
    except LimitRefused as refused:
        raise WrongUse(refused.message.zh, refused.message.en) from None
    if say.as_json:
        say.json(_facts(found, say))
    _tell(found, limit, calendar, say)
    return DONE


def _calendar(name: str) -> Calendar:
    try:
        return shipped(name)
    except NoSuchCalendar as unknown:
        raise WrongUse(unknown.message.zh, unknown.message.en) from None


def _start(given: str, limit: Limit) -> datetime:
    read = read_date(given)
    if not isinstance(read, Moment) or read.doubts:
        raise WrongUse(
            f"--from“{given}”不是一天，请写成 2026-02-13 这样。",
            f"--from “{given}” is no day: write it like 2026-02-13.",
        )
    if limit.unit == "working_hours" and not read.timed:
        raise WrongUse(
            "按工作时计的要写明几点几分起算：--from “2026-02-13 15:30”。",
            "Working hours run from a moment: --from “2026-02-13 15:30”.",
        )
    return read.at


def _pauses(given: list[str]) -> list[Pause]:
    return [_pause(one) for one in given]


def _pause(given: str) -> Pause:
    first, dots, last = given.partition("..")
    try:
        pause = Pause(date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        pause = None
    if pause is None or pause.first > pause.last:
        raise WrongUse(
            f"--pause“{given}”不对：请写成 2026-03-02..2026-03-06，前一天不晚于后一天。",
            f"--pause “{given}” is wrong: write 2026-03-02..2026-03-06, the earlier day first.",
        )
    return pause


def _hours(given: list[str]) -> Hours:
    spans = tuple(sorted(_span(one) for one in given))
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise WrongUse("--hours 的几段时间互相重叠。", "The spans of --hours overlap.")
    return spans or OFFICE_HOURS


def _span(given: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(given)
    try:
        if found is not None:
            begins, ends = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
            if begins < ends:
                return begins, ends
    except ValueError:
        pass
    raise WrongUse(
        f"--hours“{given}”不对：请写成 8:30-12:00 这样。", f"--hours “{given}” is wrong: write 8:30-12:00."
    )


def _facts(found: Reckoned, say: Say) -> dict[str, object]:
    at = {"due_at": found.at.isoformat(timespec="minutes")} if found.at is not None else {}
    days = [
        {"date": step.on.isoformat(), "counted": step.counted, "why": say.text(step.why)}
        for step in found.days
    ]
    return {"due_on": found.on.isoformat(), **at, "provisional": found.is_provisional, "days": days}


def _tell(found: Reckoned, limit: Limit, calendar: Calendar, say: Say) -> None:
    rows = [(step.on.isoformat(), say.text(_MARKS[step.counted]), say.text(step.why)) for step in found.days]
    for line in table([(_("日期"), _("计入"), _("理由")), *rows]):
        say.line(line)
    due = f"{found.at:%Y-%m-%d %H:%M}" if found.at is not None else found.on.isoformat()
    told = _("{limit}，到期 {due}（{calendar}）").format(
        limit=f"{limit.n} {say.text(UNITS[limit.unit])}", due=due, calendar=say.text(calendar.name)
    )
    say.line(told + (_("；暂定，日历公布后重算") if found.is_provisional else ""))


COMMAND = Command(
    "deadline compute", "时限从某天起算，到期是哪天，逐日说明", _configure, _run, needs_site=False
)
