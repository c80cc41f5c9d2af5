"""Making a backup: the database as it is at one moment, then the files it names, then the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from taizhang import __version__
from taizhang.backup import keys
from taizhang.backup.manifest import Content, Evidence, Manifest
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.room import refuse_too_little_room
from taizhang.backup.snapshot import Snapshot, Table, snapshot
from taizhang.ledger.evidence import path_of
from taizhang.ledger.whole_file import whole_file
from taizhang.org.models import Site

MANIFEST = "manifest.json"
COMPRESSION = 3
"""Twice as fast as zlib's usual 6, and a tenth larger."""
README = """这是台账（Taizhang）的备份。恢复：taizhang restore 文件 --data 空文件夹
This is a backup of Taizhang. To restore it: taizhang restore FILE --data EMPTY_FOLDER

tables/     各表，制表符分隔（PostgreSQL COPY）   the tables, as PostgreSQL's COPY writes text
evidence/   佐证，已加密                          files of entries, encrypted
playbooks/  在用方案的文本                        texts of the playbooks in use

密钥不在其中，在同名的 .keys 文件里。The keys are not in here: they lie in the .keys file beside it.
"""

Step = Callable[[int, int], None]
"""Told how many of how many bytes are done."""


@dataclass(slots=True)
class Progress:
    """Adds up what is done."""

    step: Step
    total: int
    done: int = 0

    def add(self, size: int) -> None:
        self.done += size
        self.step(min(self.done, self.total), self.total)

    def finish(self) -> None:
        """What was only estimated is done all the same."""
        self.step(self.total, self.total)


@dataclass(slots=True)
class _Writing:
    archive: ZipFile
    progress: Progress
    moment: datetime
    evidence_bytes: int = 0
    absent: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def member(self, name: str, *, packed: bool = True) -> ZipInfo:
        info = ZipInfo(name, self.moment.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o600 << 16
        return info

    def table(self, taken: Snapshot, table: Table) -> Content:
        with self.archive.open(self.member(f"tables/{table.name}.tsv"), "w", force_zip64=True) as file:

            def write(chunk: bytes) -> None:
                file.write(chunk)
                self.progress.add(len(chunk))

            return taken.read(table, write)

    def text(self, name: str, content: str) -> str:
        """Write a text; its digest."""
        self.archive.writestr(self.member(name), content.encode())
        return hashlib.sha256(content.encode()).hexdigest()

    def file(self, sha: str) -> None:
        """Copy one file of evidence, if what lies there is still what was stored."""
        try:
            content = path_of(sha).read_bytes()
        except FileNotFoundError:
            self.absent.append(sha)
            return
        if hashlib.sha256(content).hexdigest() != sha:
            self.damaged.append(sha)
            return
        self.archive.writestr(self.member(f"evidence/{sha[:2]}/{sha}", packed=False), content)
        self.evidence_bytes += len(content)
        self.progress.add(len(content))


def make_backup(site: Site, target: Path, step: Step) -> Manifest:
    """Write the site into this file and its keys beside it, while everybody goes on working.

    Both are whole or not there at all. Raises BackupRefused, and OSError naming the file.
    """
    _refuse_taken(target)
    with snapshot() as taken, whole_file(target, private=True) as file:
        tables, shas = taken.tables(), taken.evidence()
        progress = Progress(step, _bytes_ahead(tables, shas))
        refuse_too_little_room(target.parent, progress.total)
        # After the snapshot: a key is on disk before anything sealed under it is committed.
        with keys.copied(keys.beside(target)) as key_count, _packed(file) as archive:
            writing = _Writing(archive, progress, datetime.now(UTC))
            manifest = _written(site, taken, writing, tables, shas, key_count)
            writing.text(MANIFEST, manifest.as_json())
        progress.finish()
    return manifest


def _written(
    site: Site, taken: Snapshot, writing: _Writing, tables: list[Table], shas: list[str], key_count: int
) -> Manifest:
    writing.text("README.txt", README)
    contents = {table.name: writing.table(taken, table) for table in tables}
    sequences = taken.sequences()
    for sha in shas:
        writing.file(sha)
    playbooks = {
        name: writing.text(f"playbooks/{name}", text)
        for key, digest, texts in taken.playbooks()
        for name, text in ((f"{key}-{digest[:12]}/{file}", text) for file, text in json.loads(texts).items())
    }
    lost = len(writing.absent) + len(writing.damaged)
    return Manifest(
        taizhang=__version__,
        postgresql=taken.version(),
        made_at=writing.moment.isoformat(timespec="seconds"),
        site=site.name,
        kind=site.kind,
        migrations=taken.migrations(),
        log=taken.log(),
        waiting=taken.waiting(),
        columns={table.name: table.columns for table in tables},
        tables=contents,
        sequences=sequences,
        playbooks=playbooks,
        evidence=Evidence(
            len(shas) - lost, writing.evidence_bytes, tuple(writing.absent), tuple(writing.damaged)
        ),
        keys=key_count,
        keys_mark=keys.mark(),
    )


@contextmanager
def _packed(file: BinaryIO) -> Iterator[ZipFile]:
    with ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True, compresslevel=COMPRESSION) as archive:
        yield archive


def _bytes_ahead(tables: list[Table], shas: list[str]) -> int:
    """About how much there is to write. A table's own size, without indexes, bounds its text once packed."""
    files = 0
    for sha in shas:
        path = path_of(sha)
        files += path.stat().st_size if path.exists() else 0
    return files + sum(table.size for table in tables)


def _refuse_taken(target: Path) -> None:
    for path in (target, keys.beside(target)):
        if path.exists():
            raise BackupRefused(
                f"{path} 已经存在，备份不覆盖旧文件。请换一个文件名。",
                f"{path} exists already; a backup overwrites nothing. Choose another name.",
            )
