"""The command line and its words: argparse, speaking Chinese first and English second."""

from __future__ import annotations

import re
import sys
from argparse import (
    SUPPRESS,
    ArgumentParser,
    ArgumentTypeError,
    HelpFormatter,
    Namespace,
    _SubParsersAction,
)
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from taizhang import __version__
from taizhang.cli.command import WRONG_USE, Command
from taizhang.cli.language import gettext as _
from taizhang.core.wording import is_storable

GROUPS = {
    "staff": "人员：从表格导入、发一次性口令条",
    "playbook": "方案：列出、检查、画图、从表格起草",
    "ledger": "台账：开设、列出",
    "deadline": "时限：算到哪天",
}

MESSAGES = (
    (r"the following arguments are required: (.+)", "缺少参数：{0}"),
    (r"one of the arguments (.+) is required", "以下参数须给出一个：{0}"),
    (r"unrecognized arguments: (.+)", "不认识的参数：{0}"),
    (r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)", "参数 {0} 没有 {1} 这一项，可用：{2}"),
    (r"argument (.+?): expected one argument", "参数 {0} 后面须有一个值"),
    (r"argument (.+?): expected at least one argument", "参数 {0} 后面至少须有一个值"),
    (r"argument (.+?): expected at most one argument", "参数 {0} 后面最多有一个值"),
    (r"argument (.+?): expected (\d+) arguments?", "参数 {0} 后面须有 {1} 个值"),
    (r"argument (.+?): invalid (?:\w+) value: (.+)", "参数 {0} 的值不对：{1}"),
    (r"argument (.+?): is not UTF-8 text", "参数 {0} 不是 UTF-8 文字"),
    (r"argument (.+?): not allowed with argument (.+)", "参数 {0} 不能与 {1} 同用"),
    (r"argument (.+?): ignored explicit argument (.+)", "参数 {0} 不带值，却给了 {1}"),
    (r"ambiguous option: (.+) could match (.+)", "参数 {0} 有歧义，可能是：{1}"),
    (r"argument (.+?): ambiguous option: (.+) could match (.+)", "参数 {1} 有歧义，可能是：{2}"),
)
"""What argparse says is wrong, and the same in Chinese."""


def in_chinese(message: str) -> str:
    """A complaint of argparse in Chinese; one we do not know comes back as it is."""
    for pattern, chinese in MESSAGES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return chinese.format(*found.groups())
    return message


def text(given: str) -> str:
    """An argument to be kept as text, without blanks around it; bytes that are no UTF-8 are wrong use."""
    if not is_storable(given):
        raise ArgumentTypeError("is not UTF-8 text")
    return given.strip()


class _Formatter(HelpFormatter):
    """Headings in the language spoken."""

    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, _("用法：") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        words = {"positional arguments": _("参数"), "options": _("选项")}
        super().start_section(words.get(heading or "", heading))


class Parser(ArgumentParser):
    """Wrong use is said in both languages, with the usage, and ends with exit code 2."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            **{"formatter_class": _Formatter, "allow_abbrev": False, "add_help": False, **settings}
        )
        self.add_argument("-h", "--help", action="help", help=_("显示本说明"))

    def error(self, message: str) -> NoReturn:
        chinese = in_chinese(message)
        self.print_usage(sys.stderr)
        lines = [chinese, message] if chinese != message else [message]
        self.exit(WRONG_USE, "".join(f"{self.prog}: {line}\n" for line in lines))


def parser_of(commands: Sequence[Command]) -> Parser:
    """The whole command line. Parsed, it has `command`, and `parser` to report wrong use with."""
    top = Parser(prog="taizhang", description=_("台账：县乡问题台账的终端入口。"))
    top.add_argument("--version", action="version", version=f"taizhang {__version__}", help=_("显示版本"))
    _add_shared(top)
    verbs = _choices(top)
    groups: dict[str, _SubParsersAction[Any]] = {}
    for command in commands:
        group, _space, verb = command.name.rpartition(" ")
        if group and group not in groups:
            family = verbs.add_parser(group, help=_(GROUPS[group]), description=_(GROUPS[group]))
            _add_shared(family)
            groups[group] = _choices(family)
        under = groups[group] if group else verbs
        made = under.add_parser(verb, help=_(command.help), description=_(command.help))
        command.configure(made)
        _add_shared(made)
        if command.needs_site:
            made.add_argument("--now", metavar="TIME", default=SUPPRESS, help=_("演示或演练站点的当前时间"))
        made.set_defaults(command=command, parser=made)
    return top


def _choices(parser: Parser) -> _SubParsersAction[Any]:
    return parser.add_subparsers(
        metavar=_("命令"), required=True, dest="verb", parser_class=Parser, title=_("命令")
    )


def _add_shared(parser: Parser) -> None:
    """What may stand before or after the command; defaults suppressed, so that neither place undoes the other."""
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=SUPPRESS,
        help=_("数据文件夹（默认 TAIZHANG_DATA，否则 ./taizhang-data）"),
    )
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help=_("以 JSON 回答"))
    parser.add_argument(
        "--lang", choices=["zh", "en"], default=SUPPRESS, help=_("语言（默认 TAIZHANG_LANG，否则中文）")
    )


def parsed(commands: Sequence[Command], arguments: Sequence[str]) -> Namespace:
    """The arguments, with `data`, `json` and `now` always there. Ends the program on wrong use."""
    start = Namespace(data=None, json=False, now=None)
    return parser_of(commands).parse_args(arguments, start)
