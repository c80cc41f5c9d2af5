"""Reading a backup: nothing of it is believed before its digests are proved."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile

from taizhang.backup.making import MANIFEST, Progress, Step
from taizhang.backup.manifest import Manifest, manifest_of
from taizhang.backup.refusals import BackupRefused

CHUNK = 1 << 20
FILE = re.compile(r"evidence/[0-9a-f]{2}/([0-9a-f]{64})")
BEGINS = b"PK\x03\x04"


@dataclass(frozen=True)
class Archive:
    path: Path
    zip: ZipFile
    manifest: Manifest

    def table(self, name: str) -> Iterator[bytes]:
        """The text of a table. Raises BackupRefused where it is not what the manifest says."""
        return self._proved(f"tables/{name}.tsv", self.manifest.tables[name].sha256)

    @cached_property
    def evidence(self) -> list[str]:
        """The files of evidence in it, by their hashes."""
        return [found[1] for name in self.zip.namelist() if (found := FILE.fullmatch(name))]

    def file(self, sha: str) -> bytes:
        return b"".join(self._proved(f"evidence/{sha[:2]}/{sha}", sha))

    def verify(self, step: Step) -> None:
        """Read all of it once. Raises BackupRefused naming the first part that is not as it was written."""
        meant = self.manifest.evidence
        progress = Progress(step, self.manifest.bytes)
        if len(self.evidence) != meant.files:
            raise _damaged(self.path, f"evidence/ ({len(self.evidence)} ≠ {meant.files})")
        for name in self.manifest.tables:
            for chunk in self.table(name):
                progress.add(len(chunk))
        for sha in self.evidence:
            progress.add(len(self.file(sha)))
        for name, digest in self.manifest.playbooks.items():
            for _chunk in self._proved(f"playbooks/{name}", digest):
                pass

    def _proved(self, member: str, digest: str) -> Iterator[bytes]:
        """The bytes of a member; after the last of them it is known whether they were the right ones."""
        found = hashlib.sha256()
        try:
            with self.zip.open(member) as file:
                while chunk := file.read(CHUNK):
                    found.update(chunk)
                    yield chunk
        except (KeyError, BadZipFile, LargeZipFile, zlib.error, EOFError, ValueError):
            raise _damaged(self.path, member) from None
        if found.hexdigest() != digest:
            raise _damaged(self.path, member)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup, with its manifest read. Raises BackupRefused for one that is cut, foreign or newer than we are."""
    with path.open("rb") as file:
        begins = file.read(len(BEGINS))
        try:
            archive = ZipFile(file)
        except (BadZipFile, ValueError, OSError):
            raise _unreadable(path, begins) from None
        with archive:
            try:
                text = archive.read(MANIFEST)
            except KeyError:
                raise _unreadable(path, b"") from None
            except (BadZipFile, zlib.error, EOFError):
                raise _damaged(path, MANIFEST) from None
            yield Archive(path, archive, manifest_of(text))


def _unreadable(path: Path, begins: bytes) -> BackupRefused:
    """A zip file has its table of contents at its end, so one that was cut has none."""
    if begins == BEGINS:
        return BackupRefused(
            f"{path} 不完整，可能没有复制完。请重新复制，或换一份备份。",
            f"{path} is cut short; it may not have been copied to its end. Copy it again, or take another backup.",
        )
    return BackupRefused(f"{path} 不是台账的备份文件。", f"{path} is no backup of Taizhang.")


def _damaged(path: Path, member: str) -> BackupRefused:
    return BackupRefused(
        f"{path} 已损坏：{member} 与清单不符。请换一份备份。",
        f"{path} is damaged: {member} is not what the manifest says. Take another backup.",
    )
