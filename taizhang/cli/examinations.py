"""What `doctor` examines. Each examination finds one thing: how it is, and the cure where it is not right."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from taizhang.cli import worker_lock
from taizhang.core.wording import Label

if TYPE_CHECKING:
    from taizhang.ledger.health import Health

GIB = 1024**3
LITTLE, TOO_LITTLE = 2 * GIB, GIB // 4
"""Bytes free on the disk: below the first a warning, below the second nothing can be relied on."""
PRIVATE = ("keys", "keys/keys.sqlite3", "secret-key", "postgres", "run/passwords.json")
CLOCK_SLACK = timedelta(minutes=1)
BACKLOG = 100_000
"""Events waiting for the sealer beyond which it is not merely busy."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One examination's answer; `name` is stable, for machines."""

    name: str
    state: Literal["ok", "warn", "bad"]
    found: Label
    cure: Label = Label("")  # noqa: RUF009 - frozen


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
    cure = Label("请腾出空间，或把数据文件夹移到更大的磁盘。", "Free some space, or move the data folder to a larger disk.")
    return Finding("disk", "bad" if free < TOO_LITTLE else "warn", words, cure)


def _permissions(data: Path) -> Finding:
    """Others must not read what protects people, nor the database."""
    open_to_others = [
        name
        for name in PRIVATE
        if (data / name).exists() and (data / name).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        if _reachable(data / name, data)
    ]
    if not os.access(data, os.W_OK | os.X_OK):
        return Finding(
            "permissions",
            "bad",
            Label(f"不能写入 {data}", f"{data} cannot be written"),
            Label("请用数据文件夹的所有者运行。", "Run as the owner of the data folder."),
        )
    if open_to_others:
        named = "、".join(open_to_others)
        return Finding(
            "permissions",
            "bad",
            Label(f"其他帐号可以读取：{named}", f"other accounts may read: {named}"),
            Label(
                f"请运行：chmod -R go= '{data}'/{{{','.join(open_to_others)}}}",
                f"Run: chmod -R go= '{data}'/{{{','.join(open_to_others)}}}",
            ),
        )
    return Finding("permissions", "ok", Label("只有所有者可以读取", "only the owner may read"))
