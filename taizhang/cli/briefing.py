"""`taizhang brief`: the day's report of a ledger."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from typing import TYPE_CHECKING

from taizhang.cli.columns import table
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.ledger.briefing import Report


def _day(given: str) -> date:
    """A day in any writing the fields take. Raises ArgumentTypeError."""
    from taizhang.core.dates import Moment, read_date

    reading = read_date(given)
    if not isinstance(reading, Moment):
        raise ArgumentTypeError(f"invalid date value: {given!r}")
    return reading.at.date()


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--ledger", metavar="KEY", type=text, required=True, help=_("台账代号"))
    parser.add_argument("--as-of", metavar="DATE", type=_day, help=_("截至哪一天，如 2026-11-21（默认今天）"))
    parser.add_argument(
        "--as", dest="person", metavar="PERSON", type=text, help=_("只计此人（用户名）看得到的条目")
    )


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.acting import actor_for, ledger_named
    from taizhang.ledger.briefing import AsOfTheFuture, brief
    from taizhang.org.sites import the_site, today

    ledger, agent = ledger_named(args.ledger), actor_for(getattr(args, "person", None)).acting
    try:
        report = brief(ledger, agent, args.as_of or today(the_site()))
    except AsOfTheFuture:
        raise Refused(
            f"{args.as_of} 还没有到，简报最晚截至今天。",
            f"{args.as_of} has not come yet; a briefing is as of today at the latest.",
        ) from None
    if say.as_json:
        say.json({**report.plain(), "text": report.text(table, say.language)})
    for line in _lines(report, say):
        say.line(line)
    return DONE


def _lines(report: Report, say: Say) -> list[str]:
    """Everything for people: the playbook's text, the totals, units × stages, and what it all speaks of."""
    from taizhang.ledger.briefing import TOTALS, day_in_words

    language = say.language
    totals = [[say.text(TOTALS[key]), figure.value] for key, figure in report.totals.items()]
    day = day_in_words(report.as_of, language)
    scope = "、".join(report.scope) or _("没有任何单位")
    return [
        *report.text(table, language).rstrip().splitlines(),
        "",
        _("合计"),
        *table(totals),
        "",
        _("各单位 × 各环节"),
        *table(report.board(language)),
        "",
        _("截至{day}，按当日终了已发生、现在已知的事项统计；范围：{scope}及以下单位。").format(
            day=day, scope=scope
        ),
        "",
    ]


COMMAND = Command("brief", "打印日报", _configure, _run, finishes=False)
