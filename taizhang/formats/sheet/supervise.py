"""The parent's side of the parsing child: start it, feed it, read its lines in time, say why it died."""

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, BinaryIO, Self

from taizhang.formats.sheet.cells import Cell, CellError
from taizhang.formats.sheet.limits import MIB, Limits
from taizhang.formats.sheet.refusals import (
    Corrupt,
    OutOfMemory,
    OutOfTime,
    PasswordProtected,
    SheetRefused,
    TooLarge,
)
from taizhang.formats.sheet.sniff import Sniffed

HEAD_ROWS = 80
_READ = 1 << 18
_LONGEST_LINE = 256 * MIB
_MODULE = "taizhang.formats.sheet.child"
_TYPED: dict[str, Callable[[str], Cell]] = {
    "d": date.fromisoformat,
    "s": datetime.fromisoformat,
    "t": time.fromisoformat,
    "e": CellError,
}

Message = dict[str, Any]


def cells_of(row: list[Any]) -> list[Cell]:
    """Wire values of one row as cells."""
    return [_TYPED[cell[0]](cell[1]) if cell.__class__ is list else cell for cell in row]


class Child:
    """One running child. Raises a `SheetRefused` from any method when the file is the cause of its end."""

    def __init__(self, file: BinaryIO, sniffed: Sniffed, limits: Limits) -> None:
        self._limits = limits
        self._pending = b""
        self.busy = False
        self._process, self._lifeline = _started(_job(file, sniffed, limits))
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ValueError("a child without pipes")
        self._to, self._from = stdin, stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(stdout, selectors.EVENT_READ)
        try:
            self._feed(file)
        except BaseException:
            self.close()
            raise

    def _feed(self, file: BinaryIO) -> None:
        file.seek(0)
        try:
            while chunk := file.read(_READ):
                self._write(chunk)
        except BrokenPipeError:
            return  # its reason is read, or found in its exit status, with the first answer

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._to.fileno(), view) :]

    def heads(self) -> list[Message]:
        """One message per sheet.

        Each has `name`, `hidden`, `height`, `head` rows, `merges` and the columns `used` after the head.
        """
        found = []
        while "ready" not in (message := self._answer()):
            found.append(message)
        return found

    def chunks(self, sheet: int) -> Iterator[Message]:
        """Chunks of rows of one sheet from its first. `busy` stays set when the reader gives up midway."""
        self.busy = True
        try:
            self._write(f"{sheet}\n".encode())
        except BrokenPipeError:
            raise self._reason() from None
        while True:
            message = self._answer()
            if message.get("last"):
                self.busy = False
                yield message
                return
            yield message

    def _answer(self) -> Message:
        message: Message = json.loads(self._line())
        if "error" in message:
            raise self._told(message)
        return message

    def _line(self) -> bytes:
        parts = [self._pending]
        length, deadline = len(self._pending), monotonic() + self._limits.wall_seconds
        while b"\n" not in parts[-1]:
            if not self._selector.select(max(0.0, deadline - monotonic())):
                raise OutOfTime(seconds=self._limits.wall_seconds)
            parts.append(os.read(self._from.fileno(), _READ))
            length += len(parts[-1])
            if not parts[-1]:
                raise self._reason()
            if length > _LONGEST_LINE:
                raise TooLarge(detail="单元格文字太长 / cell text too long")
        line, _, self._pending = b"".join(parts).partition(b"\n")
        return line

    def _told(self, message: Message) -> SheetRefused:
        match message["error"]:
            case "password":
                return PasswordProtected()
            case "memory":
                return self._out_of_memory()
            case _:
                return Corrupt(detail=message["detail"])

    def _reason(self) -> SheetRefused:
        """Why the child ended without a word."""
        code = self._process.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return OutOfTime(seconds=self._limits.cpu_seconds)
        if code == -signal.SIGABRT:
            return self._out_of_memory()
        return Corrupt(detail=f"读取程序退出 {code} / parser ended {code}")

    def _out_of_memory(self) -> SheetRefused:
        return OutOfMemory(megabytes=self._limits.memory_bytes // MIB)

    def close(self) -> None:
        """End the child, whatever it is doing. May be called again."""
        if self._lifeline < 0:
            return
        self._selector.close()
        os.close(self._lifeline)
        self._lifeline = -1
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _job(file: BinaryIO, sniffed: Sniffed, limits: Limits) -> dict[str, Any]:
    return {
        "size": file.seek(0, os.SEEK_END),
        "kind": sniffed.kind,
        "encoding": sniffed.encoding,
        "delimiter": sniffed.delimiter,
        "head": HEAD_ROWS,
        "memory": limits.memory_bytes,
        "cpu": limits.cpu_seconds,
    }


def _started(job: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    """The child, and our end of the pipe by whose closing it learns that we are gone.

    Its environment holds only where to import from: what this process keeps there (a database password,
    say) is nothing a parser should be near.
    """
    theirs, ours = os.pipe()
    paths = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", _MODULE, json.dumps({**job, "lifeline": theirs})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=(theirs,),
            cwd="/",
            env={"PYTHONPATH": paths},
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return process, ours
