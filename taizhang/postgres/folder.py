"""The files of a data folder, and the locks that say who is alive.

Three locks in DATA/run; the kernel drops them even on kill -9, so no process id is ever trusted:

- `attached.lock`: shared by every process that uses the server. The keeper waits for the exclusive lock,
  gets it when the last user is gone, and then stops PostgreSQL.
- `keeper.lock`: held by the keeper alone. While it is held, `server.json` is true.
- `cluster.lock`: held by the keeper *and inherited by every PostgreSQL process*. While it is held, some
  process may still write to the cluster and nobody may start another server on it.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SHARED, EXCLUSIVE = fcntl.LOCK_SH, fcntl.LOCK_EX
SOCKET = ".s.PGSQL.5432"


class State(NamedTuple):
    """What the keeper says in `server.json`."""

    phase: str  # waiting, creating, starting: see `attachment.PHASES`
    keeper: int  # process ids; 0 while there is no postmaster
    postmaster: int
    socket_dir: str


class Folder:
    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = data / "postgres"
        self.unfinished = data / "postgres.new"
        self.run = data / "run"
        self.logs = data / "log"
        self.attached_lock = self.run / "attached.lock"
        self.keeper_lock = self.run / "keeper.lock"
        self.cluster_lock = self.run / "cluster.lock"
        self.state_file = self.run / "server.json"
        self.passwords = self.run / "passwords.json"
        self.log = self.logs / "postgres.log"
        self.postmaster_pid = self.cluster / "postmaster.pid"

    def state(self) -> State | None:
        """What a keeper wrote last; true only while there is a keeper."""
        try:
            return State(**json.loads(self.state_file.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def has_keeper(self) -> bool:
        try:
            handle = os.open(self.keeper_lock, os.O_RDONLY | os.O_NOFOLLOW)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            return not try_lock(handle, SHARED)
        finally:
            os.close(handle)

    def postmaster(self) -> tuple[int, str] | None:
        """Process id and status word (starting, ready, stopping) as PostgreSQL wrote them, if it did."""
        try:
            lines = self.postmaster_pid.read_text(encoding="utf-8", errors="replace").splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def is_postmaster(self, pid: int) -> bool:
        """Whether this process is a server of this cluster, and not a stranger that got its number."""
        if Path("/proc/self/cwd").exists():
            try:
                return Path(f"/proc/{pid}/cwd").samefile(self.cluster)
            except OSError:
                return False
        command = ["ps", "-p", str(pid), "-o", "comm="]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return told.stdout.strip().endswith("postgres")


def try_lock(handle: int, kind: int) -> bool:
    """Take a `flock` without waiting. Raises OSError where the file system has none."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_private(path: Path, flags: int = os.O_RDWR) -> int:
    """Open a file of mode 0600, creating it. A symbolic link is refused.

    What root creates in somebody's folder belongs to that person, who may want to start the server next time.
    """
    handle = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    owner = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(handle).st_uid != owner.st_uid:
        os.fchown(handle, owner.st_uid, owner.st_gid)
    return handle


def write_whole(path: Path, content: object) -> None:
    """Write JSON so that a reader, or a power cut, finds the old or the new content and nothing between."""
    draft = path.with_suffix(".new")
    with os.fdopen(open_private(draft, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def make_private(folder: Path) -> None:
    """Make a folder of mode 0700 for the owner of its parent, unless it is there."""
    with suppress(FileExistsError):
        folder.mkdir(0o700)
        owner = folder.parent.stat()
        if os.geteuid() == 0:
            os.chown(folder, owner.st_uid, owner.st_gid, follow_symlinks=False)
    if folder.is_symlink() or not folder.is_dir():
        raise NotADirectoryError(20, "a real folder is needed here", str(folder))
