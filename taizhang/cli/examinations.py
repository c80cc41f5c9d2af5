"""What `doctor` examines. Each examination finds one thing: how it is, and the cure where it is not right."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.cli import worker_lock
from taizhang.cli.finding import Finding
from taizhang.cli.precautions import precautions
from taizhang.core.wording import Label

if TYPE_CHECKING:
    from taizhang.ledger.health import Health

GIB = 1024**3
LITTLE, TOO_LITTLE = 2 * GIB, GIB // 4
"""Bytes free on the disk: below the first a warning, below the second nothing can be relied on."""
PRIVATE = ("keys/keys.sqlite3", "secret-key", "postgres", "run/passwords.json")
CLOCK_SLACK = timedelta(minutes=1)
BACKLOG = 100_000
"""Events waiting for the sealer beyond which it is not merely busy."""


def of_folder(data: Path) -> Iterator[Finding]:
    """What can be seen without a server; nothing is made or changed."""
    if not data.is_dir():
        return
    yield _disk(data)
    yield _permissions(data)


def _disk(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    words = Label(f"剩余 {free / GIB:.1f} GB", f"{free / GIB:.1f} GB free")
    if free >= LITTLE:
        return Finding("disk", "ok", words)
    cure = Label(
        "请腾出空间，或把数据文件夹移到更大的磁盘。",
        "Free some space, or move the data folder to a larger disk.",
    )
    return Finding("disk", "bad" if free < TOO_LITTLE else "warn", words, cure)


def _permissions(data: Path) -> Finding:
    """Others must not read what protects people, nor the database."""
    if not os.access(data, os.W_OK | os.X_OK):
        found = Label(f"不能写入 {data}", f"{data} cannot be written")
        cure = Label("请用数据文件夹的所有者运行。", "Run as the owner of the data folder.")
        return Finding("permissions", "bad", found, cure)
    others = stat.S_IRWXG | stat.S_IRWXO
    exposed = [
        data / name for name in PRIVATE if (data / name).exists() and (data / name).stat().st_mode & others
    ]
    if not exposed:
        return Finding("permissions", "ok", Label("只有所有者可以读取", "only the owner may read"))
    paths = " ".join(f"'{path}'" for path in exposed)
    return Finding(
        "permissions",
        "bad",
        Label(f"其他帐号可以读取：{paths}", f"other accounts may read: {paths}"),
        Label(f"请运行：chmod go= {paths}", f"Run: chmod go= {paths}"),
    )


def of_database(data: Path) -> Iterator[Finding]:
    """What the open site's database says of itself."""
    from taizhang.ledger import health
    from taizhang.org.sites import the_site

    site = the_site()
    found = health.health(site.id)
    yield Finding(
        "site", "ok", Label(f"{site.name}（{site.get_kind_display()}）", f"{site.name} ({site.kind})")
    )
    yield _version(*health.server_version(), health.OLDEST_MAJOR)
    yield _roles()
    yield _keys(data, found)
    if site.now_override is None:
        yield _clock(found)
    yield from precautions(data)
    yield _worker(data, found)


def _version(major: int, words: str, oldest: int) -> Finding:
    found = Label(f"PostgreSQL {words}")
    if major >= oldest:
        return Finding("server", "ok", found)
    cure = Label(f"请升级到 PostgreSQL {oldest} 或更高版本。", f"Upgrade to PostgreSQL {oldest} or newer.")
    return Finding("server", "bad", found, cure)


def _roles() -> Finding:
    """With one role for everything the record is guarded by triggers alone."""
    from taizhang.ledger.roles import what_is_not_enforced

    if not (open_ways := what_is_not_enforced()):
        found = Label(
            "程序所用的角色不能修改或删除已发生的事", "the program's role cannot change or delete the record"
        )
        return Finding("roles", "ok", found)
    return Finding(
        "roles",
        "warn",
        Label(
            f"程序所用的数据库角色权限过大：{'；'.join(way.zh for way in open_ways)}",
            f"the program's database role may do too much: {'; '.join(way.en for way in open_ways)}",
        ),
        Label(
            "请另建一个普通角色给 DATABASE_URL，把表的所有者放在 DATABASE_OWNER_URL。",
            "Give DATABASE_URL an ordinary role, and put the tables' owner into DATABASE_OWNER_URL.",
        ),
    )


def _keys(data: Path, health: Health) -> Finding:
    """Without its keys every sealed value is lost, so a missing store is never made anew in silence."""
    path = data / "keys" / "keys.sqlite3"
    if not path.exists():
        if not health.holds_sealed:
            return Finding("keys", "ok", Label("尚无密封内容", "nothing is sealed yet"))
        found = Label(
            f"有密封内容，但没有密钥库 {path}", f"values are sealed, but there is no key store {path}"
        )
        cure = Label("请从备份恢复 keys 文件夹。", "Restore the folder keys from its backup.")
        return Finding("keys", "bad", found, cure)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as store:
            count = store.execute("SELECT count(*) FROM key WHERE value IS NOT NULL").fetchone()[0]
    except sqlite3.Error as error:
        found = Label(f"密钥库读不出：{error}", f"the key store cannot be read: {error}")
        cure = Label("请从备份恢复 keys 文件夹。", "Restore the folder keys from its backup.")
        return Finding("keys", "bad", found, cure)
    return Finding("keys", "ok", Label(f"{count} 个密钥，可读", f"{count} keys, readable"))


def _clock(health: Health) -> Finding:
    ahead = health.newest - datetime.now(UTC) if health.newest else timedelta()
    if ahead <= CLOCK_SLACK:
        return Finding("clock", "ok", Label("与最近一条记录相符", "agrees with the newest record"))
    assert health.newest is not None
    return Finding(
        "clock",
        "bad",
        Label(
            f"系统时间早于最近一条记录（{health.newest:%Y-%m-%d %H:%M} UTC）",
            f"the system's time is before the newest record ({health.newest:%Y-%m-%d %H:%M} UTC)",
        ),
        Label("请校准系统时间，再继续登记。", "Set the system's clock right before recording anything."),
    )


def _worker(data: Path, health: Health) -> Finding:
    with worker_lock.held(data) as nobody_works:
        pass
    at_work = (
        Label("serve 未运行", "serve is not running")
        if nobody_works
        else Label("serve 正在运行", "serve runs")
    )
    found = Label(
        f"{at_work.zh}；待定序 {health.unsealed} 条，待归并 {health.unpacked} 组",
        f"{at_work.en}; {health.unsealed} events to seal, {health.unpacked} deltas to pack",
    )
    if health.unsealed == 0 or (not nobody_works and health.unsealed < BACKLOG):
        return Finding("worker", "ok", found)
    cure = Label(
        "请运行 taizhang serve，或任一命令，它会在结束时处理。",
        "Run taizhang serve, or any command: it does the work before it ends.",
    )
    return Finding("worker", "warn", found, cure)
