"""What a backup says of itself: versions, counts and digests, so that a restored site can be held against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from taizhang.backup.refusals import BackupRefused
from taizhang.tlog.tree import Head

FORMAT = "taizhang backup"
VERSION = 1
"""Of the file's form. Raised when an older program could not restore what a newer one writes."""

Migration = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: the same rows give the same digest on every PostgreSQL."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The files the tables name: how many are here, and those that were not to be had, by their hashes."""

    files: int
    bytes: int
    absent: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """`keys_mark` tells the keys of this site from those of another; `waiting` counts events not yet in the log."""

    taizhang: str
    postgresql: str
    made_at: str
    site: str
    kind: str
    migrations: tuple[Migration, ...]
    log: Head
    waiting: int
    columns: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Content]
    sequences: Mapping[str, int | None]
    playbooks: Mapping[str, str]
    evidence: Evidence
    keys: int
    keys_mark: str
    format: str = field(default=FORMAT)
    format_version: int = field(default=VERSION)

    @property
    def bytes(self) -> int:
        """Bytes of the tables, as text, and of the files."""
        return sum(table.bytes for table in self.tables.values()) + self.evidence.bytes

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def manifest_of(text: bytes) -> Manifest:
    """Read one. Raises BackupRefused for another program's, a newer form's or a damaged one."""
    try:
        given: dict[str, Any] = json.loads(text)
        if given["format"] != FORMAT:
            raise KeyError
        version = int(given["format_version"])
    except (ValueError, KeyError, TypeError):
        raise _foreign() from None
    if version > VERSION:
        raise BackupRefused(
            f"这个备份由更新版本的台账（{given.get('taizhang')}）制作，请安装该版本再恢复。",
            f"This backup was made by a newer Taizhang ({given.get('taizhang')}); install that one to restore it.",
        )
    try:
        return _read(given)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackupRefused("备份的清单已损坏。", "The manifest of the backup is damaged.") from None


def _read(given: dict[str, Any]) -> Manifest:
    evidence = given["evidence"]
    return Manifest(
        **{
            **given,
            "migrations": tuple((app, name) for app, name in given["migrations"]),
            "log": Head(**given["log"]),
            "columns": {table: tuple(columns) for table, columns in given["columns"].items()},
            "tables": {table: Content(**content) for table, content in given["tables"].items()},
            "evidence": Evidence(
                evidence["files"], evidence["bytes"], tuple(evidence["absent"]), tuple(evidence["damaged"])
            ),
        }
    )


def _foreign() -> BackupRefused:
    return BackupRefused("这不是台账的备份文件。", "This is no backup of Taizhang.")
