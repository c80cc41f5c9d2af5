"""One-time passwords on paper, by the terminal: as lines, or in a file that nobody else may read."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from taizhang.cli.command import Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.org.one_time import Slip

TERMINAL = "-"
CUT = "- " * 30


def configure(parser: ArgumentParser) -> None:
    """The two options of every command that gives out passwords."""
    parser.add_argument(
        "--slips", metavar="FILE", help=_("一次性口令条写到这个新文件（仅本人可读），- 为显示在终端")
    )
    parser.add_argument("--address", metavar="URL", type=text, default="", help=_("口令条上写的网址"))


@contextmanager
def paper(given: str | None) -> Iterator[TextIO | None]:
    """Where slips are written, made before anything else: what cannot be written would be lost. None is the
    terminal. Left empty, because nothing came of it, the file is taken away again."""
    if given in (None, TERMINAL):
        yield None
        return
    path = Path(str(given))
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Refused(
            f"{path} 已经存在，口令条不覆盖别的文件，请换一个文件名。",
            f"{path} exists already and is not overwritten with slips: give another name.",
        ) from None
    except OSError as error:
        raise Refused(
            f"不能写 {path}：{error.strerror}。", f"{path} cannot be written: {error.strerror}."
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
    finally:
        if not path.stat().st_size:
            path.unlink()


def hand_out(slips: Iterable[Slip], on: TextIO | None, address: str, say: Say) -> None:
    """Print them; the clear text is nowhere afterwards but here."""
    from taizhang.org.sites import the_site

    for slip in slips:
        lines = [*_lines(slip, the_site().name, address), CUT]
        if on is not None:
            on.write("\n".join(lines) + "\n")
            continue
        for line in lines:
            say.line(line)


def facts(slips: Iterable[Slip]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [
        {
            "name": slip.name,
            "username": slip.username,
            "staff_number": slip.staff_number,
            "place": slip.place,
            "password": slip.password,
            "until": slip.until.isoformat(),
        }
        for slip in slips
    ]


def _lines(slip: Slip, site: str, address: str) -> list[str]:
    from taizhang.org.sites import the_site

    number = slip.staff_number if slip.staff_number != slip.username else ""
    until = slip.until.astimezone(the_site().zone)
    username = f"{slip.username} {_('或工号')} {number}" if number else slip.username
    return [
        f"{site} · {_('一次性口令条')}",
        f"{_('姓名')}: {slip.name}",
        f"{_('岗位')}: {slip.place}",
        f"{_('用户名')}: {username}",
        f"{_('一次性口令')}: {slip.password}",
        f"{_('网址')}: {address or '_' * 30}",
        f"{_('有效期至')}: {until:%Y-%m-%d %H:%M}",
        _(
            "打开网址，用以上用户名和口令登录，按提示设自己的密码；口令随即作废，本条请销毁。"
            "口令里没有数字 0、1 和字母 i、l、o。过期或遗失，找本单位管理员重发。"
        ),
    ]
