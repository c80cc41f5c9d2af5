"""Why PostgreSQL did not start, in the user's words: the end of its log, read for the causes we know."""

from __future__ import annotations

from pathlib import Path

from taizhang.postgres.account import VARIABLE
from taizhang.postgres.server import PostgresUnavailable

SHOWN = 12  # lines of the log in the message

# What the log says -> the cause and its cure, Chinese and English. The first match counts, because
# /dev/shm may be full too.
CAUSES = {
    "shared memory": (
        "共享内存不够：请加大 /dev/shm（Docker 用 --shm-size），或在 postgresql.conf 里调小 shared_buffers。",
        "Not enough shared memory: enlarge /dev/shm (Docker: --shm-size), or lower shared_buffers in "
        "postgresql.conf.",
    ),
    "No space left on device": (
        "磁盘已满：请腾出空间后重试。",
        "The disk is full: free some space and try again.",
    ),
    "may not enter": (
        f"PostgreSQL 所用的帐号进不了数据文件夹或程序所在文件夹：请把它们放到该帐号能进入的地方，"
        f"或用 {VARIABLE} 指定另一个帐号，或不用 root 运行。",
        "The account of PostgreSQL cannot enter the data folder or the folder of its programs: put them "
        f"where it can, name another account with {VARIABLE}, or do not run as root.",
    ),
    "could not look up effective user ID": (
        "当前用户没有帐号名（/etc/passwd 里没有），PostgreSQL 无法初始化：请用有名字的帐号运行。",
        "The current user has no name in /etc/passwd, which PostgreSQL needs: run under a named account.",
    ),
    'lock file "postmaster.pid" already exists': (
        "另有人手工启动了这个数据文件夹的 PostgreSQL：请先停掉它。",
        "Somebody started PostgreSQL on this data folder by hand: stop that server first.",
    ),
}
UNKNOWN = ("请看下面的日志。", "See the log below.")


def log_end(log: Path) -> int:
    """Where the next message will be written, in bytes."""
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def failed_start(log: Path, since: int) -> PostgresUnavailable:
    """The error to raise for what was logged after position `since`."""
    written = log.read_bytes() if log.exists() else b""
    # A shorter file was cut over meanwhile, so all of it is new.
    text = written[since if since <= len(written) else 0 :].decode("utf-8", errors="replace")
    chinese, english = next((cure for sign, cure in CAUSES.items() if sign in text), UNKNOWN)
    tail = "\n".join(text.splitlines()[-SHOWN:])
    return PostgresUnavailable(
        f"数据库没能启动。{chinese}\nThe database did not start. {english}\n日志 log: {log}\n{tail}".rstrip()
    )
