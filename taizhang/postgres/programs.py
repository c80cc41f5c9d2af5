"""Running the programs of PostgreSQL as children of the keeper, and keeping what they say."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from taizhang.postgres.folder import Folder, open_private
from taizhang.postgres.privileges import Account, execute

LOG_LIMIT = 4 * 1024 * 1024  # bytes in one file; the one before is kept


class Log:
    """DATA/log/postgres.log, cut over to postgres.log.1 so that it cannot fill the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handle = open_private(path, os.O_WRONLY | os.O_APPEND)

    def drain(self, pipe: int) -> None:
        """Copy until every process that could write to the pipe is gone."""
        while chunk := os.read(pipe, 65536):
            # A full disk must not keep us from reading on: PostgreSQL would come to a halt.
            with suppress(OSError):
                self._write(chunk)
        os.close(pipe)

    def _write(self, chunk: bytes) -> None:
        if os.fstat(self.handle).st_size > LOG_LIMIT:
            self.path.rename(self.path.with_suffix(".log.1"))
            fresh = open_private(self.path, os.O_WRONLY | os.O_APPEND)
            os.dup2(fresh, self.handle, inheritable=False)
            os.close(fresh)
        os.write(self.handle, chunk)


class Programs:
    def __init__(self, binaries: Path, account: Account | None, folder: Folder, cluster_lock: int) -> None:
        self.binaries, self.account, self.folder = binaries, account, folder
        self.cluster_lock = cluster_lock
        self.log = Log(folder.log)

    def spawn(self, program: str, *arguments: str, feed: str = "") -> tuple[int, int]:
        """Start a program, `feed` on its stdin; returns its process id and the pipe with its messages."""
        messages, its_stderr = os.pipe()
        its_stdin, feeder = os.pipe()
        if self.account:
            os.fchown(its_stdin, self.account.uid, -1)  # initdb opens it anew, as /dev/stdin
        keeper = os.getpid()
        child = os.fork()
        if child == 0:
            self._become([str(self.binaries / program), *arguments], keeper, its_stdin, its_stderr)
        os.close(its_stderr)
        os.close(its_stdin)
        with suppress(BrokenPipeError):
            os.write(feeder, feed.encode())
        os.close(feeder)
        return child, messages

    def finish(self, program: str, *arguments: str, feed: str = "") -> None:
        """Run a program to its end. Raises SystemExit when it fails; the log has its reasons."""
        child, messages = self.spawn(program, *arguments, feed=feed)
        self.log.drain(messages)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"taizhang: {program} failed, status {status}")

    def give(self, path: Path) -> None:
        """Make the account of PostgreSQL the owner of this file or empty folder."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def _become(self, command: list[str], keeper: int, its_stdin: int, its_stderr: int) -> NoReturn:
        try:
            # Python ignores the last two, the keeper the first two; a program would inherit that.
            for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(ignored, signal.SIG_DFL)
            os.dup2(its_stdin, 0)
            os.dup2(its_stderr, 2)
            os.set_inheritable(self.cluster_lock, True)
            execute(command, self.account, self.folder.data, keeper)
        except OSError as error:
            os.write(2, f"taizhang: {error}\n".encode(errors="backslashreplace"))
        finally:
            os._exit(126)
