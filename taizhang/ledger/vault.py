"""Sealing and opening of personal values. The only module that sees them in plain between door and reader."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taizhang.core import codec, fields
from taizhang.core import refusals as r
from taizhang.core.playbook import Field, Playbook
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label, remarked
from taizhang.ledger.keystore import KEY_BYTES, KeyDestroyed, keystore

NONCE_BYTES = 12
SALT_BYTES = 32

SealedRow = tuple[UUID, UUID, UUID, bytes]
"""ref, entry, subject, ciphertext."""


class ValueErased(Exception):
    """The key was destroyed: the value can never be read again. The event and its digest stay valid."""


class KeyTaken(Exception):
    """Somebody else made a key for the same subject first; seal again, looking for keys this time."""


def subject_of(entry_id: UUID, subject: str) -> UUID:
    """The person a sealed field speaks of: one per entry and subject name, so that one key covers all of theirs."""
    return UUID(bytes=sha256(entry_id.bytes + subject.encode()).digest()[:16], version=5)


def keyed_digest(text: str) -> str:
    """HMAC-SHA-256 under the site's key, in hex: names a row or a payload without telling what it holds."""
    return hmac.digest(keystore().site_key(), text.encode(), "sha256").hex()


def commitment(salt: bytes, value: str) -> str:
    return hmac.digest(salt, value.encode(), "sha256").hex()


def encrypt(key: bytes, ref: UUID, nonce: bytes, salt: bytes, value: bytes) -> bytes:
    """AES-256-GCM of salt ‖ value, bound to its reference; nonce first."""
    return nonce + AESGCM(key).encrypt(nonce, salt + value, ref.bytes)


def decrypt(key: bytes, ref: UUID, ciphertext: bytes) -> tuple[bytes, bytes]:
    """(salt, value). Raises InvalidTag where ciphertext, key or reference do not belong together."""
    opened = AESGCM(key).decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], ref.bytes)
    return opened[:SALT_BYTES], opened[SALT_BYTES:]


@dataclass(slots=True)
class Sealer:
    """Seals the commands of one chunk; keys reach the disk before anything refers to them."""

    new_keys: dict[UUID, bytes] = field(default_factory=dict)

    def seal(
        self, entry_id: UUID, values: Mapping[str, Any], playbook: Playbook, *, fresh: bool
    ) -> tuple[dict[str, Any], list[SealedRow]] | r.Refusal:
        """The values with references where personal ones were, and the rows to write if they are accepted.

        `fresh` entries cannot have a key yet, which saves a look-up per row of an import.
        """
        sealed = dict(values)
        rows: list[SealedRow] = []
        for item in playbook.sealed_fields:
            value = values.get(item.key)
            if value is None:
                continue
            # A reference is made here and nowhere else; one that comes in could be another entry's.
            problem = Label("") if isinstance(value, SealedRef) else fields.problem_with(item, value)
            if problem is not None:
                return r.FieldInvalid(remarked(item.label, problem))
            try:
                sealed[item.key] = self._seal_one(entry_id, item, value, rows, fresh=fresh)
            except KeyDestroyed:
                return r.SubjectErased(item.label)
        return sealed, rows

    def commit_keys(self) -> None:
        """Raises KeyTaken where a subject has a key already: what was sealed here could never be opened."""
        if keystore().put(self.new_keys) < len(self.new_keys):
            raise KeyTaken
        self.new_keys = {}

    def _seal_one(
        self, entry_id: UUID, item: Field, value: Value, rows: list[SealedRow], *, fresh: bool
    ) -> SealedRef:
        subject = subject_of(entry_id, item.subject)
        key = self._key(subject, fresh=fresh)
        dice, text = secrets.token_bytes(16 + NONCE_BYTES + SALT_BYTES), _as_text(value)
        ref, nonce, salt = UUID(bytes=dice[:16], version=4), dice[16:-SALT_BYTES], dice[-SALT_BYTES:]
        rows.append((ref, entry_id, subject, encrypt(key, ref, nonce, salt, text.encode())))
        return SealedRef(ref, commitment(salt, text))

    def _key(self, subject: UUID, *, fresh: bool) -> bytes:
        key = self.new_keys.get(subject)
        if key is None:
            key = None if fresh else keystore().find([subject]).get(subject)
        if key is None:
            key = self.new_keys[subject] = secrets.token_bytes(KEY_BYTES)
        return key


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else codec.canonical(codec.plain(value))


def opened(ref: SealedRef, subject: UUID, ciphertext: bytes) -> str:
    """The value behind a reference, proved against its commitment. Raises ValueErased, ValueError."""
    try:
        key = keystore().find([subject]).get(subject)
    except KeyDestroyed:
        raise ValueErased from None
    if key is None:
        raise ValueErased
    try:
        salt, value = decrypt(key, ref.ref, ciphertext)
    except InvalidTag:
        raise ValueError(f"sealed value {ref.ref} does not open") from None
    text = value.decode()
    if not hmac.compare_digest(commitment(salt, text), ref.commit):
        raise ValueError(f"sealed value {ref.ref} is not the one the event speaks of")
    return text


def erase(entry_id: UUID, subject: str, at: datetime) -> bool:
    """Destroy the key of one person on one entry; everything sealed under it is gone, backups included."""
    return keystore().destroy(subject_of(entry_id, subject), at.isoformat())
