"""`taizhang backup`: the whole site into one file, while everybody goes on working."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from taizhang.cli import backing_up
from taizhang.cli.command import DONE, Command
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("备份文件；密钥另存为同名的 .keys"))


def _run(args: Namespace, say: Say) -> int:
    from taizhang.backup import keys, runs

    target = args.file.absolute()
    backing_up.end_in_order()
    run = runs.ask(runs.Kind.BACKUP, runs.Origin.TERMINAL, target)
    with say.progress(_("正在备份")) as tell:
        made = backing_up.back_up(run, lambda done, total: tell(backing_up.in_percent(done, total)))
    beside = keys.beside(target)
    run.refresh_from_db()
    if say.as_json:
        say.json(
            {
                "file": str(target),
                "keys": str(beside),
                "bytes": run.size,
                "site": made.site,
                "rows": made.rows,
                "log": {"size": made.log.size, "root": made.log.root},
                "evidence": {
                    "files": made.evidence.files,
                    "absent": made.evidence.absent,
                    "damaged": made.evidence.damaged,
                },
            }
        )
    say.line(_("已备份到 {file}：{what}").format(file=target, what=backing_up.site_and_rows(made)))
    say.line(_("密钥在 {file}：请与备份分开存放，最多保留 30 天").format(file=beside))
    if run.zh:
        say.note(run.zh if say.language == "zh" else run.en)
    return DONE


COMMAND = Command("backup", "把站点备份为一个文件，不影响使用", _configure, _run)
