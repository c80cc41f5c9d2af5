"""How a command ends when it does not end well: a refusal in words, or a number to quote."""

from __future__ import annotations

import errno
import os
import sys
from argparse import Namespace
from collections.abc import Callable

from taizhang.cli.command import INTERRUPTED, REFUSED, WRONG_USE, Refused, WrongUse
from taizhang.cli.say import Say
from taizhang.core.playbook_problem import PlaybookRefused
from taizhang.core.wording import Label
from taizhang.fault_log import note
from taizhang.postgres import PostgresUnavailable

CURES = {
    errno.ENOENT: "没有这个文件或文件夹，请核对路径",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满，请腾出空间",
    errno.ENAMETOOLONG: "名称太长",
}
PIPE_CLOSED = 141
"""What a shell reports for a program ended by SIGPIPE."""


def guarded(run: Callable[[Namespace, Say], int], args: Namespace, say: Say) -> int:
    """Run it; whatever goes wrong becomes words and an exit code, never a stack trace."""
    try:
        return run(args, say)
    except WrongUse as wrong:
        args.parser.print_usage(sys.stderr)
        say.refuse(wrong.zh, wrong.en)
        return WRONG_USE
    except Refused as refused:
        return say.refuse(refused.zh, refused.en)
    except PostgresUnavailable as unavailable:
        return say.refuse(*_split(str(unavailable)))
    except PlaybookRefused as refused:
        for problem in refused.problems:
            say.note(problem.text(say.language))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us is gone; Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last door before the user
        words = _words(error)
        return say.refuse(words.zh, words.en) if words else _unexpected(error, args, say)


def _words(error: Exception) -> Label | None:
    """What an error of ours, or of the operating system, says to the user."""
    message = getattr(error, "message", None)
    if isinstance(message, Label):
        return message
    if isinstance(getattr(error, "zh", None), str) and isinstance(getattr(error, "en", None), str):
        return Label(error.zh, error.en)  # type: ignore[attr-defined]  # just looked
    if isinstance(error, OSError) and error.filename is not None:
        chinese = CURES.get(error.errno or 0, error.strerror)
        return Label(f"{error.filename}：{chinese}。", f"{error.filename}: {error.strerror}.")
    return None


def _split(message: str) -> tuple[str, str]:
    """A message whose lines alternate between Chinese and English."""
    chinese, _, english = message.partition("\n")
    return chinese, english or chinese


def _unexpected(error: Exception, args: Namespace, say: Say) -> int:
    noted = note(error, f"taizhang {args.command.name}", args.data)
    where = noted.path or "-"
    return say.refuse(
        f"出现意外错误，编号 {noted.number}，详情见 {where}；报告问题时请附上编号。",
        f"Something unexpected happened; quote number {noted.number} when you report it. Details: {where}",
    )
