"""The keeper: one small background process per data folder, the parent of its PostgreSQL server.

It belongs to no user of the server, so the first to come may leave while others work on; the locks that
tell it when to stop are described in `folder`. `attachment` starts it, without site-packages.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from taizhang.postgres.cluster import make_cluster, renew_passwords
from taizhang.postgres.folder import (
    EXCLUSIVE,
    SOCKET,
    Folder,
    State,
    open_private,
    try_lock,
    write_whole,
)
from taizhang.postgres.privileges import Account
from taizhang.postgres.programs import Programs

BUSY = 75  # exit status: another keeper looks after this folder

# Short, because the path of a socket is limited to 107 bytes. Not in XDG_RUNTIME_DIR, which is deleted when
# its user logs out, server running or not. Lower case, because readers of URLs make host names so.
SOCKET_DIR = "/tmp/taizhang-"  # noqa: S108 - a new folder of mode 0700 is made there
SOCKET_FILES = (SOCKET, SOCKET + ".lock")


def main(data: str, binaries: str, account: str) -> None:
    """Become the keeper of `data` in the background; exit with BUSY when there is one.

    `account` is "name:uid:gid", or empty to run PostgreSQL as ourselves. The process that was called exits
    as soon as a background process holds its lock; that one returns when the server has stopped.
    """
    folder = Folder(Path(data))
    os.umask(0o077)
    keeper_lock = open_private(folder.keeper_lock)
    if not try_lock(keeper_lock, EXCLUSIVE):
        raise SystemExit(BUSY)
    name, uid, gid = account.split(":") if account else ("", "0", "0")
    keeper = Keeper(folder, Path(binaries), Account(name, int(uid), int(gid)) if account else None)
    os.dup2(keeper.programs.log.handle, 2)
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keeper.keep()


class Keeper:
    def __init__(self, folder: Folder, binaries: Path, account: Account | None) -> None:
        self.folder = folder
        self.cluster_lock = open_private(folder.cluster_lock)
        self.programs = Programs(binaries, account, folder, self.cluster_lock)
        self.socket_dir: Path | None = None

    def keep(self) -> None:
        """Start PostgreSQL, stay until its last user is gone, stop it."""
        before = self.folder.state()
        if before and before.socket_dir.startswith(SOCKET_DIR):
            self.socket_dir = Path(before.socket_dir)  # announced on until it is removed
        self._wait_for_previous_server()
        self._clear_remains()
        if not self.folder.cluster.exists():
            self._announce("creating")
            make_cluster(self.folder, self.programs)
        elif not self.folder.passwords.exists():
            renew_passwords(self.folder, self.programs)
        self.socket_dir = Path(SOCKET_DIR + os.urandom(6).hex())
        self._announce("starting")
        self.socket_dir.mkdir(0o700)
        self.programs.give(self.socket_dir)
        try:
            self._serve()
        finally:
            self._remove_socket_dir()

    def _serve(self) -> None:
        attached = open_private(self.folder.attached_lock)
        settings = ("listen_addresses=", "unix_socket_permissions=0700", "logging_collector=off")
        server, messages = self.programs.spawn(
            "postgres", "-D", str(self.folder.cluster), "-k", str(self.socket_dir),
            *(part for setting in settings for part in ("-c", setting)),
        )  # fmt: skip

        def stop(*_: object) -> None:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGINT)  # fast shutdown: sessions are cut, nothing committed is lost

        def stop_when_alone() -> None:
            fcntl.flock(attached, EXCLUSIVE)
            stop()

        signal.signal(signal.SIGTERM, stop)
        self._announce("starting", server)
        threading.Thread(target=stop_when_alone, daemon=True).start()
        messenger = threading.Thread(target=self.programs.log.drain, args=(messages,))
        messenger.start()
        os.waitpid(server, 0)
        # At once, because the last children of a killed postmaster may take a while to notice.
        self.folder.state_file.unlink(missing_ok=True)
        messenger.join()

    def _wait_for_previous_server(self) -> None:
        """Until the processes of a killed keeper are gone; outside Linux nobody told them to stop yet."""
        if try_lock(self.cluster_lock, EXCLUSIVE):
            return
        self._announce("waiting")
        left_alone = self.folder.postmaster()
        if left_alone and self.folder.is_postmaster(left_alone[0]):
            with suppress(ProcessLookupError):
                os.kill(left_alone[0], signal.SIGINT)
        fcntl.flock(self.cluster_lock, EXCLUSIVE)

    def _clear_remains(self) -> None:
        """Remove what a killed predecessor left. We hold `cluster.lock`, so none of its processes lives."""
        self._remove_socket_dir()
        self.folder.state_file.unlink(missing_ok=True)
        remembered = self.folder.postmaster()
        # By now the number may be some other process's, and PostgreSQL would refuse to start. It is right to
        # refuse when an administrator started a server by hand: that one works in this cluster.
        if remembered and not self.folder.is_postmaster(remembered[0]):
            self.folder.postmaster_pid.unlink()

    def _announce(self, phase: str, postmaster: int = 0) -> None:
        socket_dir = str(self.socket_dir or "")
        write_whole(self.folder.state_file, State(phase, os.getpid(), postmaster, socket_dir)._asdict())

    def _remove_socket_dir(self) -> None:
        path, self.socket_dir = self.socket_dir, None
        if path is None:
            return
        account = self.programs.account
        # By handle, because anybody may put a symbolic link where a folder was in /tmp.
        with suppress(OSError):
            handle = os.open(path, os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(handle).st_uid == (account.uid if account else os.geteuid()):
                    for name in SOCKET_FILES:
                        with suppress(FileNotFoundError):
                            os.unlink(name, dir_fd=handle)
                    path.rmdir()
            finally:
                os.close(handle)
