"""Files of entries (佐证). Name and content lie encrypted outside the database, under the hash of what lies there.

A file is stored and synced before the command that attaches it is handled, so that no event ever
speaks of a file that is not there. One that was stored and never attached can be opened by nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from cryptography.exceptions import InvalidTag
from django.conf import settings

from taizhang.core import refusals as r
from taizhang.core.actor import Agent
from taizhang.core.values import EvidenceRef, Purpose
from taizhang.core.wording import Label, is_storable
from taizhang.ledger import opening, vault
from taizhang.ledger.keystore import KEY_BYTES, KeyDestroyed, keystore
from taizhang.ledger.media import media_type_of
from taizhang.ledger.models import Evidence
from taizhang.org.sites import the_site

MOST_BYTES = 50 * 1024 * 1024
LONGEST_NAME = 255
REPORTER, WORK = "reporter", "evidence"
"""Subjects: what is not for the units came from the reporter and goes when the reporter's data go."""


class FileEmpty(r.Refusal):
    zh = "文件“{what}”是空的。"
    en = "The file “{what}” is empty."


class FileTooLarge(r.Refusal):
    zh = "文件“{what}”超过 50 MB，请压缩或拆分后再传。"
    en = "The file “{what}” is larger than 50 MB; compress or divide it."


class FileNameUnfit(r.Refusal):
    zh = "文件名须有 1 至 255 个字，且不含换行、斜杠等字符。"
    en = "A file name has 1 to 255 characters and no line breaks or slashes."


class NoSuchEvidence(r.Refusal):
    zh = "条目没有这份材料。"
    en = "The entry has no such file."


class EvidenceRefused(Exception):
    """Nothing was stored; `refusal` says why."""

    def __init__(self, refusal: r.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be attached to an entry. With `for_units` false it is the reporter's, and sealed."""

    entry_id: UUID
    name: str
    content: bytes
    media_type: str = ""
    purpose: Purpose = "other"
    for_units: bool = True

    @property
    def subject(self) -> UUID:
        return vault.subject_of(self.entry_id, WORK if self.for_units else REPORTER)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    name: str
    media_type: str
    content: bytes


def store_evidence(
    entry_id: UUID, name: str, content: bytes, media_type: str, purpose: Purpose, for_units: bool
) -> EvidenceRef:
    """Store one file; what it returns goes into `AttachEvidence`. Raises EvidenceRefused."""
    return store_all([NewFile(entry_id, name, content, media_type, purpose, for_units)])[0]


def store_all(files: Sequence[NewFile]) -> list[EvidenceRef]:
    """Store many, all or none where one is refused; `media_type` is a claim, the content decides."""
    if not files:
        return []
    for file in files:
        _check(file)
    keys = _keys({file.subject for file in files})
    stored = [_store(file, keys[file.subject]) for file in files]
    _sync_folders(row.content_sha for _, row in stored)
    Evidence.objects.bulk_create([row for _, row in stored])
    return [ref for ref, _ in stored]


def open_evidence(agent: Agent, entry_id: UUID, ref: UUID, reason: str = "") -> OpenedFile:
    """A file attached to an entry the agent may see. Raises OpeningRefused.

    One that is not for the units is opened as any sealed value is: with the duty, for a reason, on record.
    """
    entry = opening.visible_entry(agent, entry_id)
    meant = next((item for item in entry.evidence if item.ref == ref), None)
    if meant is None:
        raise opening.OpeningRefused(NoSuchEvidence())
    if not meant.for_units:
        opening.permit(agent, reason)
        opening.record(agent, entry_id, ref, reason)
    row = Evidence.objects.get(site_id=the_site().id, ref=ref)
    try:
        return _opened(meant, row, keystore().find([row.subject_id])[row.subject_id])
    except (KeyDestroyed, KeyError):
        raise opening.OpeningRefused(opening.Erased()) from None


def path_of(content_sha: str, data: Path | None = None) -> Path:
    """Where the file lies, in this data folder or in another."""
    return Path(data or settings.DATA) / "evidence" / content_sha[:2] / content_sha


def _check(file: NewFile) -> None:
    shown = file.name[:40]
    if not file.name.strip() or len(file.name) > LONGEST_NAME or not _is_plain(file.name):
        raise EvidenceRefused(FileNameUnfit())
    if not file.content:
        raise EvidenceRefused(FileEmpty(shown))
    if len(file.content) > MOST_BYTES:
        raise EvidenceRefused(FileTooLarge(shown))


def _is_plain(name: str) -> bool:
    return is_storable(name) and name.isprintable() and not {"/", "\\"} & set(name)


def _keys(subjects: Iterable[UUID]) -> dict[UUID, bytes]:
    """A key for every subject; where another process was faster with a new one, that one holds."""
    subjects = list(subjects)
    try:
        missing = set(subjects) - keystore().find(subjects).keys()
        keystore().put({subject: secrets.token_bytes(KEY_BYTES) for subject in missing})
        return keystore().find(subjects)
    except KeyDestroyed:
        raise EvidenceRefused(r.SubjectErased(Label("佐证", "evidence"))) from None


def _store(file: NewFile, key: bytes) -> tuple[EvidenceRef, Evidence]:
    ref, salt = uuid4(), secrets.token_bytes(vault.SALT_BYTES)
    ciphertext = vault.encrypt(key, ref, secrets.token_bytes(vault.NONCE_BYTES), salt, file.content)
    sealed_name = vault.encrypt(
        key, _name_ref(ref), secrets.token_bytes(vault.NONCE_BYTES), salt, file.name.encode()
    )
    content_sha = hashlib.sha256(ciphertext).hexdigest()
    _write(path_of(content_sha), ciphertext)
    meant = EvidenceRef(
        ref,
        _commitment(salt, file.name, file.content),
        media_type_of(file.content, file.media_type),
        len(file.content),
        file.purpose,
        file.for_units,
    )
    return meant, Evidence(
        site_id=the_site().id,
        ref=ref,
        entry_id=file.entry_id,
        subject_id=file.subject,
        content_sha=content_sha,
        sealed_name=sealed_name,
    )


def _name_ref(ref: UUID) -> UUID:
    """What the name's ciphertext is bound to, so that it cannot be passed off as the content."""
    return uuid5(ref, "name")


def _commitment(salt: bytes, name: str, content: bytes) -> str:
    """HMAC-SHA-256 over name, NUL, content: an event proves what a file was called as well as what it holds."""
    return hmac.digest(salt, name.encode() + b"\0" + content, "sha256").hex()


def _write(path: Path, ciphertext: bytes) -> None:
    """Whole or not at all, on disk when it returns; a file that is there is never written again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(waiting, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(ciphertext)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(waiting)
    finally:
        waiting.unlink()


def _sync_folders(content_shas: Iterable[str]) -> None:
    """A new name is on disk only when its folder is."""
    folders = {path_of(sha).parent for sha in content_shas}
    for folder in {*folders, *(folder.parent for folder in folders)}:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _opened(meant: EvidenceRef, row: Evidence, key: bytes) -> OpenedFile:
    try:
        salt, content = vault.decrypt(key, meant.ref, path_of(row.content_sha).read_bytes())
        _, name = vault.decrypt(key, _name_ref(meant.ref), bytes(row.sealed_name))
    except InvalidTag:
        raise ValueError(f"evidence {meant.ref} does not open") from None
    if not hmac.compare_digest(_commitment(salt, name.decode(), content), meant.commit):
        raise ValueError(f"evidence {meant.ref} is not the file the event speaks of")
    return OpenedFile(name.decode(), meant.media_type, content)
