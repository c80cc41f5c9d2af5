"""How a command ends when it does not end well: a refusal in words, or a number to quote."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb

from taizhang.cli.command import INTERRUPTED, REFUSED, WRONG_USE, Refused, WrongUse
from taizhang.cli.say import Say
from taizhang.core.playbook_problem import PlaybookRefused
from taizhang.core.wording import Label
from taizhang.postgres import PostgresUnavailable

LOG = Path("log") / "taizhang.log"
LOG_LIMIT = 1024 * 1024
"""Bytes in one file; the one before is kept."""
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
        return say.refuse(words.zh, words.en) if words else _unexpected(error, args.data, say)


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


def _unexpected(error: Exception, data: Path, say: Say) -> int:
    number = secrets.token_hex(4)
    kept = _keep(number, error, data)
    where = str(data / LOG) if kept else "-"
    return say.refuse(
        f"出现意外错误，编号 {number}，详情见 {where}；报告问题时请附上编号。",
        f"Something unexpected happened; quote number {number} when you report it. Details: {where}",
    )


def _keep(number: str, error: Exception, data: Path) -> bool:
    """Append the trace to the log; False where that cannot be written or there is no data folder."""
    path = data / LOG
    try:
        if not data.is_dir():
            return False
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with open(handle, "a", encoding="utf-8", errors="backslashreplace") as log:  # noqa: PTH123
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {number}\n{trace(error)}\n")
    except OSError:
        return False
    return True


def trace(error: BaseException) -> str:
    """Where it happened, without what was said: a database's message quotes the row it was given."""
    return "\n".join(
        f"{type(one).__module__}.{type(one).__qualname__} {getattr(one, 'sqlstate', None) or ''}\n"
        + "".join(format_tb(one.__traceback__))
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
