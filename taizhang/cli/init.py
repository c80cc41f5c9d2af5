"""`taizhang init`: a new data folder with its site, root unit and operator."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from taizhang.cli.command import DONE, Command
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--site", metavar="NAME", default="", help=_("站点名称，也是根单位的名称"))
    parser.add_argument("--units", metavar="FILE", type=Path, help=_("从表格导入单位"))
    parser.add_argument("--rehearsal", action="store_true", help=_("演练站点：可用 --now 指定时间"))
    parser.add_argument("--timezone", metavar="ZONE", default="Asia/Shanghai", help=_("时区，定下后不变"))
    parser.add_argument("--language", choices=["zh-Hans", "en"], default="zh-Hans", help=_("站点语言"))
    parser.add_argument("--currency", metavar="CODE", default="CNY", help=_("币种（三个字母）"))
    parser.add_argument("--paper", choices=["A4", "A3", "Letter"], default="A4", help=_("纸张"))
    parser.add_argument(
        "--week-start", type=int, choices=range(1, 8), default=1, help=_("一周的第一天，1 为周一")
    )


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    with opened(args.data, say, founding=True):
        from taizhang.org.founding import found_site
        from taizhang.org.models import Site

        site = found_site(
            args.site or _("本单位"),
            kind=Site.Kind.REHEARSAL if args.rehearsal else Site.Kind.LIVE,
            timezone=args.timezone,
            language=args.language,
            week_start=args.week_start,
            currency=args.currency,
            paper=args.paper,
        )
        say.line(site.name)
    return DONE


COMMAND = Command("init", "建立站点：数据文件夹、根单位与操作员", _configure, _run, needs_site=False)
