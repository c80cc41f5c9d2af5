"""Restoring a backup into what is empty: the tables by the migrations of its day, then the rows, then proof."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from taizhang.backup import keys
from taizhang.backup.archive import Archive
from taizhang.backup.making import Progress
from taizhang.backup.manifest import Manifest, Migration
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.snapshot import Snapshot
from taizhang.ledger.evidence import path_of

OWNER = "owner"
SUBJECTS = "SELECT subject_id FROM sealed UNION SELECT subject_id FROM evidence"
ANY_TABLE = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())"


@dataclass(frozen=True, slots=True)
class Missing:
    """What the backup did not have: files of evidence, and persons whose sealed values open to nobody."""

    files: int
    subjects: int


def refuse_unless_empty() -> None:
    """Only a database without any table is filled."""
    with connections[OWNER].cursor() as database:
        database.execute(ANY_TABLE)
        found = database.fetchone()
    if found is not None and found[0]:
        raise BackupRefused(
            "这个数据库里已经有表。只能恢复到空的数据库。",
            "This database has tables already. A backup is restored into an empty one only.",
        )


def restore_database(archive: Archive, progress: Progress) -> None:
    """Tables, rows and sequences in one transaction, and proved to be those of the manifest before it commits."""
    manifest = archive.manifest
    refuse_unless_empty()
    with transaction.atomic(using=OWNER):
        _make_tables(manifest.migrations)
        restored = Snapshot(connections[OWNER].connection)
        _refuse_other_tables({table.name for table in restored.tables()}, manifest)
        for name, columns in manifest.columns.items():
            restored.load(name, columns, _counted(archive.table(name), progress))
        restored.set_sequences(manifest.sequences)
        _prove(restored, manifest)


def restore_files(archive: Archive, data: Path, progress: Progress) -> None:
    """The files of evidence, on disk when it returns."""
    for sha in archive.evidence:
        content = archive.file(sha)
        path = path_of(sha, data)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        progress.add(len(content))
    # Once for all: a hundred thousand files synced one by one take an hour on a turning disk.
    os.sync()


def missing_from(manifest: Manifest, given: set[str]) -> Missing:
    """What stays unreadable, where these subjects' keys are there."""
    with connections[OWNER].cursor() as database:
        database.execute(SUBJECTS)
        subjects = {subject.hex for (subject,) in database.fetchall()}
    lost = len(manifest.evidence.absent) + len(manifest.evidence.damaged)
    return Missing(lost, len(subjects - given))


def restore_keys(archive: Archive, file: Path | None, data: Path) -> set[str]:
    """Put the keys into the data folder; whose they are. None without a file: what is sealed then stays so."""
    if file is None:
        return set()
    with keys.opened(file, archive.manifest.keys_mark) as store:
        keys.placed(store, data)
        return keys.subjects(store)


def _make_tables(wanted: tuple[Migration, ...]) -> None:
    """The tables as they were on the backup's day. Its own version of the program need not be at hand."""
    executor = MigrationExecutor(connections[OWNER])
    graph = executor.loader.graph
    if newer := sorted(set(wanted) - graph.nodes.keys()):
        names = ", ".join(f"{app}.{name}" for app, name in newer)
        raise BackupRefused(
            f"这个备份由更新版本的台账制作（{names}），请安装该版本再恢复。",
            f"A newer version of Taizhang made this backup ({names}): install that one to restore it.",
        )
    known = set(wanted)
    last = [
        (app, name)
        for app, name in wanted
        if not any(child.key in known and child.key[0] == app for child in graph.node_map[app, name].children)
    ]
    executor.migrate(last)


def _refuse_other_tables(there: set[str], manifest: Manifest) -> None:
    if there != manifest.tables.keys():
        names = ", ".join(sorted(there ^ manifest.tables.keys()))
        raise BackupRefused(
            f"备份里的表与这个版本的不一致：{names}。",
            f"The tables of the backup are not those of this version: {names}.",
        )


def _counted(chunks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        progress.add(len(chunk))


def _prove(restored: Snapshot, manifest: Manifest) -> None:
    """Read everything back. Raises BackupRefused where a digest differs."""
    unlike = [
        table.name for table in restored.tables() if restored.read(table) != manifest.tables[table.name]
    ]
    if restored.log() != manifest.log:
        unlike.append("log")
    if restored.sequences() != dict(manifest.sequences):
        unlike.append("sequences")
    if unlike:
        raise BackupRefused(
            f"恢复后的内容与备份不一致：{'、'.join(unlike)}。没有恢复任何内容。",
            f"What was restored is not what was backed up: {', '.join(unlike)}. Nothing was restored.",
        )
