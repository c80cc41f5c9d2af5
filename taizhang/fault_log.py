"""The log of faults: what nobody foresaw, under the number its user was given to quote.

One file for the terminal, the pages and the API: `log/taizhang.log` in the data folder, readable by its owner
alone, with the one before as `taizhang.log.1`. It says where something broke and never what was said there,
because a database's message quotes the row it was given.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from django.http import HttpRequest

LOG = Path("log") / "taizhang.log"
LIMIT = 1024 * 1024
"""Bytes in one file; the one before is kept."""

log = logging.getLogger("taizhang")


@dataclass(frozen=True, slots=True)
class Noted:
    """`path` is None where the file could not be written."""

    number: str
    text: str
    path: Path | None


def note(error: BaseException, doing: str, data: Path) -> Noted:
    """Write down where it happened while `doing`, in the log of this data folder."""
    number = secrets.token_hex(4)
    text = f"{datetime.now(UTC).isoformat(timespec='seconds')} {number} {doing}\n{trace(error)}\n"
    return Noted(number, text, _written(text, data))


def note_request(error: BaseException, request: HttpRequest) -> str:
    """The same of a web request, and on standard error for whoever watches the server; the number to quote."""
    from django.conf import settings

    # As it stood in the address: a line break in it would look like an entry of its own.
    noted = note(error, f"{request.method} {quote(request.path)}", settings.DATA)
    log.error("%s", noted.text)
    return noted.number


def trace(error: BaseException) -> str:
    """Kinds of error and places in the code, the outermost first, without a word of what was said."""
    return "\n".join(
        f"{type(one).__module__}.{type(one).__qualname__} {getattr(one, 'sqlstate', None) or ''}\n"
        + "".join(format_tb(one.__traceback__))
        for one in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, each once: an error may be its own cause."""
    seen: set[int] = set()
    next_one: BaseException | None = error
    while next_one is not None and id(next_one) not in seen:
        yield next_one
        seen.add(id(next_one))
        next_one = next_one.__cause__ or (None if next_one.__suppress_context__ else next_one.__context__)


def _written(text: str, data: Path) -> Path | None:
    # Only here, because what these import is not there on every system that runs `taizhang --help`.
    from taizhang.postgres.folder import make_private, open_private

    path = data / LOG
    try:
        make_private(path.parent)
        with _alone_in(path.parent):
            if path.exists() and path.stat().st_size > LIMIT:
                path.replace(path.with_suffix(".log.1"))
            handle = open_private(path, os.O_WRONLY | os.O_APPEND)
            with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
    except OSError:
        return None
    return path


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time: of two that find the file full the second would put away what the first began."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
