"""`taizhang playbook infer`: drafts a playbook folder from a sheet that no playbook fits."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from taizhang.cli.command import DONE, REFUSED, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.playbook import proved_key, tell
from taizhang.cli.say import Say


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("表格：.xlsx、.xls 或 .csv"))
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("新方案的文件夹"))
    parser.add_argument("--key", metavar="KEY", help=_("方案代号（默认取自文件夹名）"))
    parser.add_argument("--sheet", metavar="NAME", help=_("工作表（默认第一张有数据的）"))


def _run(args: Namespace, say: Say) -> int:
    from taizhang.core.playbook_check import check
    from taizhang.core.playbook_infer import draft
    from taizhang.core.playbook_text import read_playbook
    from taizhang.formats.sheet.book import open_book
    from taizhang.formats.sheet.tables import contents_of, table_of
    from taizhang.playbooks import texts_of

    key = _key(args)
    if args.out.exists() and (not args.out.is_dir() or any(args.out.iterdir())):
        raise Refused(
            f"{args.out} 已经存在，而且不是空文件夹。", f"{args.out} exists and is not an empty folder."
        )
    with say.progress(_("正在读取表格")), open_book(args.file) as book:
        sheet = table_of(book, args.sheet)
        others = [other.name for other in book.sheets if other is not sheet and not other.empty]
        columns, rows = contents_of(sheet)
        texts = draft(key, sheet.titles[0] if sheet.titles else args.file.stem, columns)
    _write(args.out, texts)
    playbook = read_playbook(texts_of(str(args.out)))
    say.line(
        _("按“{sheet}”的 {rows} 行、{columns} 列起草到 {out}").format(
            sheet=sheet.name, rows=rows, columns=len(columns), out=args.out
        )
    )
    if others:
        say.line(_("另有工作表未看：{names}；用 --sheet 指定").format(names="、".join(others)))
    report = tell(f"{args.out}", playbook, say)
    if say.as_json:
        say.json(
            {
                "out": str(args.out),
                "files": sorted(texts),
                "sheet": sheet.name,
                "rows": rows,
                "other_sheets": others,
                **report,
            }
        )
    say.line(_("请逐条核对 {file} 里的注释，再开设台账。").format(file=args.out / "playbook.toml"))
    return REFUSED if check(playbook) else DONE


def _key(args: Namespace) -> str:
    """The key given, else the folder's name as it sounds: 安全隐患 gives `anquanyinhuan`."""
    from taizhang.core.playbook_text import key_of

    return key_of(args.out.absolute().name) if args.key is None else proved_key(args.key)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


COMMAND = Command("playbook infer", "按一份表格起草方案", _configure, _run, needs_site=False)
