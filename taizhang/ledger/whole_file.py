"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(target: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write that takes its name, and the place of an older one, once all of it is written.

    One that is private is for its owner alone, and on the disk before it takes its name.
    Raises OSError naming the target where its folder is missing or may not be written to.
    """
    draft = draft_of(target)
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        file = os.fdopen(
            os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600 if private else 0o666), "wb"
        )
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        with file:
            yield file
            if private:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def draft_of(target: Path, process: int | str | None = None) -> Path:
    """What the file is called while it is written."""
    return target.with_name(f".{target.name}.{process or os.getpid()}")
