"""The embedded PostgreSQL: a server per data folder that lives exactly as long as somebody uses it.

    with attached(Path("数据")) as server:
        psycopg.connect(**server.parameters("app"))

The first process to attach starts the server, later ones join it, the last one to leave stops it, and a
process that is killed counts as gone. Nothing listens on TCP; passwords (SCRAM) stay in a private file.

In the data folder: `postgres/` is the cluster, `run/` holds locks and passwords (with nothing running it may
be deleted), `log/postgres.log` is what PostgreSQL says. The folder must be on a local disk.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from taizhang.postgres.server import PostgresUnavailable, Role, Server

__all__ = ["PostgresUnavailable", "Role", "Server", "attached", "is_running"]


def attached(data: Path, *, progress: Callable[[str], None] | None = None) -> AbstractContextManager[Server]:
    """Use the server of this data folder, starting it when nobody has; made on first use.

    Waits as long as PostgreSQL says it is starting (recovery after a crash may take minutes) and then tells
    `progress` so, about every ten seconds. Attaching again in the same process, or in a forked child, works.
    Leaving waits until the server has stopped if nobody else uses it.

    Raises PostgresUnavailable, whose message is for the user.
    """
    _refuse_windows()
    from taizhang.postgres import attachment

    return attachment.attached(data, progress)


def is_running(data: Path) -> bool:
    """Whether a server of this data folder runs, or is just starting or stopping."""
    _refuse_windows()
    from taizhang.postgres import attachment

    return attachment.is_running(data)


def _refuse_windows() -> None:
    """Called before the import of what Windows does not have, so that our own import works there."""
    if sys.platform == "win32":
        raise PostgresUnavailable(
            "自带的 PostgreSQL 不支持直接在 Windows 上运行：请用 WSL 2，"
            "或设置 DATABASE_URL 连接已有的 PostgreSQL。\n"
            "The embedded PostgreSQL does not run on Windows itself: use WSL 2, or set DATABASE_URL to a "
            "PostgreSQL of your own."
        )
