"""Attaching a process to the server of a data folder, and letting go of it.

A process is attached while it holds the shared lock `attached.lock`. That handle must not outlive the
process: children that are executed do not get it, children that are forked close it at once.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from taizhang.postgres.account import server_account
from taizhang.postgres.binaries import MAJOR, find_binaries
from taizhang.postgres.diagnosis import failed_start, log_end
from taizhang.postgres.folder import (
    EXCLUSIVE,
    SHARED,
    SOCKET,
    Folder,
    State,
    make_private,
    open_private,
    try_lock,
)
from taizhang.postgres.keeper import BUSY
from taizhang.postgres.server import PostgresUnavailable, Server

Progress = Callable[[str], None] | None

PACKAGE_ROOT = Path(__file__).parents[2]
# Appended to sys.path, so that nothing beside our package hides the standard library.
RUN_KEEPER = (
    "import sys; sys.path.append(sys.argv[1]); from taizhang.postgres.keeper import main; main(*sys.argv[2:])"
)
LONGEST_PATH = 900  # bytes; PostgreSQL's own limit of 1024 includes the names of its files
REPORT_EVERY = 10.0  # seconds
HIDDEN_AFTER = 2.0  # seconds
PHASES = {
    "stopping": "正在等上一个数据库停下 waiting for the previous database to stop",
    "waiting": "正在等上一个数据库的进程退出 waiting for the processes of the previous database",
    "creating": "第一次使用，正在建立数据库 creating the database on first use",
    "starting": "数据库正在启动；上次若未正常关闭，恢复可能要几分钟 "
    "the database is starting; recovery after a crash may take minutes",
}

NO_LOCKS = ("这里不支持文件锁，请换到本机磁盘", "there are no file locks, choose a local disk")
CURES = {
    errno.ENOSPC: ("磁盘已满，请腾出空间", "the disk is full, free some space"),
    errno.EROFS: ("磁盘是只读的，请换一个文件夹", "the disk is read-only, choose another folder"),
    errno.EACCES: (
        "没有权限，请换一个可写的文件夹，或用它的所有者运行",
        "no permission, choose a folder you may write to or run as its owner",
    ),
    errno.ENOLCK: NO_LOCKS,
    errno.EOPNOTSUPP: NO_LOCKS,
}


class _Attachment:
    def __init__(self, lock: int) -> None:
        self.lock, self.users = lock, 0


class _Process:
    """The attachments of this process, by data folder."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.guard = threading.RLock()  # a new one, for another thread may hold the old one while we fork
        self.attachments: dict[Path, _Attachment] = {}

    def forget(self) -> None:
        """In a forked child: what it inherited is its parent's, and would keep the server alive."""
        for attachment in self.attachments.values():
            os.close(attachment.lock)
        self.reset()


_process = _Process()
os.register_at_fork(after_in_child=_process.forget)


@contextmanager
def attached(data: Path, progress: Progress) -> Iterator[Server]:
    folder = Folder(data.resolve())
    with _process.guard, _errors_in_words(folder.data):
        attachment, server = _attach(folder, _Patience(progress))
        attachment.users += 1
    try:
        yield server
    finally:
        with _process.guard:
            # Not ours when a forked child leaves the block that its parent entered.
            if _process.attachments.get(folder.data) is attachment:
                _detach(folder, attachment)


def is_running(data: Path) -> bool:
    folder = Folder(data.resolve())
    with _errors_in_words(folder.data):
        return folder.has_keeper()


def _attach(folder: Folder, patience: _Patience) -> tuple[_Attachment, Server]:
    attachment = _process.attachments.get(folder.data)
    if attachment:
        return attachment, _running_server(folder, patience)
    _prepare(folder)
    lock = open_private(folder.attached_lock)
    try:
        while not try_lock(lock, SHARED):
            patience.wait("stopping")
        server = _running_server(folder, patience)
    except BaseException:
        os.close(lock)
        raise
    attachment = _process.attachments[folder.data] = _Attachment(lock)
    return attachment, server


def _detach(folder: Folder, attachment: _Attachment) -> None:
    """Let go; if we were the last, wait until the server has stopped, as who copies the folder may expect."""
    attachment.users -= 1
    if attachment.users:
        return
    del _process.attachments[folder.data]
    try:
        if try_lock(attachment.lock, EXCLUSIVE):
            # Nobody else is attached, and nobody can attach before we close the lock.
            if _told_to_stop(folder):
                while folder.has_keeper():
                    time.sleep(0.005)
        else:
            # Either others are attached, or the keeper was faster and is already stopping.
            while folder.has_keeper() and not try_lock(attachment.lock, SHARED):
                time.sleep(0.005)
    finally:
        os.close(attachment.lock)


def _told_to_stop(folder: Folder) -> bool:
    """Whether the keeper is ours to signal; one that root started will notice by itself."""
    state = folder.state()
    if not state or not folder.has_keeper():
        return False
    try:
        os.kill(state.keeper, signal.SIGTERM)
    except (PermissionError, ProcessLookupError):
        return False
    return True


def _prepare(folder: Folder) -> None:
    if len(os.fsencode(folder.data)) > LONGEST_PATH or not str(folder.data).isprintable():
        raise PostgresUnavailable(
            f"数据文件夹的路径太长（超过 {LONGEST_PATH} 字节），或含有换行等控制字符：请换一个路径。\n"
            f"The path of the data folder is longer than {LONGEST_PATH} bytes, or has control characters in "
            "it such as a line break: choose another."
        )
    if not folder.data.exists():
        # As root, let the account of PostgreSQL pass through, but not look around.
        folder.data.mkdir(0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
    make_private(folder.run)
    make_private(folder.logs)


def _running_server(folder: Folder, patience: _Patience) -> Server:
    """The server, started if need be. The caller holds the shared lock, so it will not stop under us."""
    binaries = find_binaries()
    since = log_end(folder.log)
    launched = False
    while True:
        if not folder.has_keeper():
            if launched:
                raise failed_start(folder.log, since)
            launched = _launch_keeper(folder, binaries)
            continue
        state = folder.state()
        if state and state.postmaster and folder.postmaster() == (state.postmaster, "ready"):
            if _answers(state.socket_dir):
                return _server(folder, state, binaries)
            # Either a new keeper has not yet cleared what a killed one wrote, or the socket is elsewhere.
            if patience.waited() > HIDDEN_AFTER and not Path(state.socket_dir).exists():
                raise _hidden(state)
        patience.wait(state.phase if state else "starting")


def _answers(socket_dir: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(f"{socket_dir}/{SOCKET}")
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _server(folder: Folder, state: State, binaries: Path) -> Server:
    passwords = json.loads(folder.passwords.read_bytes())
    return Server(state.socket_dir, binaries, {"app": passwords["app"], "owner": passwords["owner"]})


def _hidden(state: State) -> PostgresUnavailable:
    return PostgresUnavailable(
        f"数据库已在运行，但它的套接字文件夹 {state.socket_dir} 在这里看不到：两个进程的 /tmp 不是同一个"
        "（容器，或 systemd 的 PrivateTmp=yes）。请在同一环境里运行，或设 PrivateTmp=no。\n"
        f"The database runs, but its socket folder {state.socket_dir} is not visible here: the two processes "
        "have different /tmp (containers, or PrivateTmp=yes of systemd). Run both in one place, or set "
        "PrivateTmp=no."
    )


def _launch_keeper(folder: Folder, binaries: Path) -> bool:
    """Start a keeper; False when somebody else was faster."""
    _check_version(folder)
    account = server_account(folder)
    command = [
        sys.executable, "-I", "-S", "-X", "utf8", "-c", RUN_KEEPER, str(PACKAGE_ROOT),
        str(folder.data), str(binaries), ":".join(map(str, account)) if account else "",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd="/", env={}, start_new_session=True, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    if done.returncode not in (0, BUSY):
        reason = done.stderr.decode(errors="replace").strip()
        raise PostgresUnavailable(
            f"数据库的守护进程没能启动。\nThe keeper of the database did not start.\n{reason}"
        )
    return done.returncode == 0


def _check_version(folder: Folder) -> None:
    if not folder.cluster.exists():
        return
    try:
        version = (folder.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        version = "?"
    if version != str(MAJOR):
        raise PostgresUnavailable(
            f"{folder.cluster} 是 PostgreSQL {version} 的数据，这里带的是 {MAJOR}，不能直接使用："
            "请用原来的版本备份（pg_dump），再恢复到新的数据文件夹。\n"
            f"{folder.cluster} was made by PostgreSQL {version}, and this is {MAJOR}: back it up with the "
            "version that made it (pg_dump) and restore that into a new data folder."
        )


class _Patience:
    """Waiting in small steps, telling the user now and then what for."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.began = time.monotonic()
        self.report_at = 1.0

    def waited(self) -> float:
        return time.monotonic() - self.began

    def wait(self, phase: str) -> None:
        waited = self.waited()
        if self.progress and waited >= self.report_at:
            self.report_at = waited + REPORT_EVERY
            self.progress(f"{PHASES[phase]}（{waited:.0f} s）")
        time.sleep(0.005 if waited < 2 else 0.1)


@contextmanager
def _errors_in_words(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        chinese, english = CURES.get(error.errno or 0, ("请检查这个路径", "check this path"))
        raise PostgresUnavailable(
            f"数据文件夹 {data} 不能使用：{chinese}。\n"
            f"The data folder {data} cannot be used: {english}.\n{error}"
        ) from error
