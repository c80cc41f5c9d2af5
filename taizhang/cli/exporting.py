"""`taizhang export`: a ledger as a sheet."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--ledger", metavar="KEY", type=text, required=True, help=_("台账代号"))
    parser.add_argument("--out", metavar="FILE.xlsx", type=Path, required=True, help=_("写到这个文件"))
    parser.add_argument(
        "--as", dest="person", metavar="PERSON", type=text, help=_("只给此人（用户名）看得到的条目")
    )


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.acting import actor_for, ledger_named
    from taizhang.formats.sheet.write import TooManyRows
    from taizhang.ledger.exporting import export_ledger

    if args.out.suffix.lower() != ".xlsx":
        raise Refused(f"{args.out}：文件名须以 .xlsx 结尾。", f"{args.out}: the name must end in .xlsx.")
    ledger, actor = ledger_named(args.ledger), actor_for(args.person)
    try:
        with say.progress(_("正在导出")):
            count = export_ledger(ledger, actor.acting, args.out, say.language)
    except TooManyRows:
        raise Refused(
            "一张工作表最多 1,048,576 行，请缩小范围分几次导出。",
            "One sheet holds 1,048,576 rows; export in several parts.",
        ) from None
    if say.as_json:
        say.json({"rows": count, "file": str(args.out), "ledger": ledger.key})
    say.line(_("共 {n} 条，已写入 {file}").format(n=count, file=args.out))
    return DONE


COMMAND = Command("export", "把台账导出为表格", _configure, _run)
