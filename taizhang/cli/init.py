"""`taizhang init`: a new data folder with its site, root unit and operator."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taizhang.calendars import NATIONAL, shipped_keys
from taizhang.cli import slips, unit_sheet
from taizhang.cli.command import DONE, Command, WrongUse
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.org.models import Site

PAPERS = ("A4", "A3", "Letter")


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--site", metavar="NAME", type=text, help=_("站点名称，也是根单位的名称"))
    parser.add_argument("--units", metavar="FILE", type=Path, help=_("从表格导入单位，表中有人员的也建账号"))
    slips.configure(parser)
    parser.add_argument("--rehearsal", action="store_true", help=_("演练站点：可用 --now 指定时间"))
    parser.add_argument(
        "--timezone", metavar="ZONE", type=text, default="Asia/Shanghai", help=_("时区（默认 Asia/Shanghai）")
    )
    parser.add_argument(
        "--language", choices=["zh-Hans", "en"], default="zh-Hans", help=_("站点语言（默认 zh-Hans）")
    )
    parser.add_argument("--currency", metavar="CODE", default="CNY", help=_("币种的三个字母（默认 CNY）"))
    parser.add_argument("--paper", choices=PAPERS, default="A4", help=_("纸张（默认 A4）"))
    parser.add_argument(
        "--calendar",
        choices=shipped_keys(),
        default=NATIONAL,
        help=_("工作日历（默认 china，全国，含调休）"),
    )
    parser.add_argument(
        "--week-start", type=int, choices=range(1, 8), default=1, help=_("一周的第一天，1 为周一（默认 1）")
    )


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    if not re.fullmatch(r"[A-Z]{3}", args.currency):
        raise WrongUse(
            f"币种“{args.currency}”不对：请写三个大写字母，如 CNY。",
            f"“{args.currency}” is no currency: three capital letters, like CNY.",
        )
    # Read before anything is made, so that a bad file leaves no half-made site behind.
    rows = unit_sheet.rows_of(args.units) if args.units is not None else None
    with opened(args.data, say, founding=True), slips.paper(args.slips) as paper:
        from django.db import transaction

        with transaction.atomic():
            site = _found(args)
            made = (
                unit_sheet.founded(rows, say, with_slips=args.slips is not None) if rows is not None else None
            )
        if say.as_json:
            at_terminal = args.slips == slips.TERMINAL
            units = {"units": unit_sheet.facts(made, say, with_slips=at_terminal)} if made else {}
            say.json({"site": _facts(site, args.data), **units})
        say.line(_("已建立站点“{site}”，数据在 {data}").format(site=site.name, data=args.data))
        if made is not None:
            unit_sheet.tell(made, say)
            slips.hand_out(made.slips, paper, args.address, say)
        say.line(_("下一步：taizhang ledger open problems，再 taizhang import 文件 --ledger problems"))
    return DONE


def _found(args: Namespace) -> Site:
    from taizhang.org.founding import found_site
    from taizhang.org.models import Site

    return found_site(
        args.site or _("本单位"),
        kind=Site.Kind.REHEARSAL if args.rehearsal else Site.Kind.LIVE,
        timezone=args.timezone,
        language=args.language,
        week_start=args.week_start,
        currency=args.currency,
        paper=args.paper,
        calendar=args.calendar,
    )


def _facts(site: Site, data: Path) -> dict[str, Any]:
    return {
        "name": site.name,
        "kind": site.kind,
        "timezone": site.timezone,
        "language": site.language,
        "currency": site.currency,
        "paper": site.paper,
        "calendar": site.calendar,
        "week_start": site.week_start,
        "data": str(data),
    }


COMMAND = Command("init", "建立站点：数据文件夹、根单位与操作员", _configure, _run, needs_site=False)
