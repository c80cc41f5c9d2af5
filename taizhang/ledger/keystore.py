"""Keys of personal data, in a store of their own outside the database.

One small SQLite file, so that keys are written before the values they protect and a destroyed
key is overwritten, not merely unlinked (`secure_delete`). Back it up apart from the database and
keep those copies only for the time docs/privacy.md states: whoever destroys a key erases the
value in the database and in every backup of it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from uuid import UUID

from django.conf import settings

KEY_BYTES = 32
SITE_KEY = "site"
STORE = Path("keys") / "keys.sqlite3"
"""Where a data folder has its keys."""


class KeyDestroyed(Exception):
    """The subject's key was destroyed: its values are erased and no new one may be sealed under it."""


class KeyStore:
    """Keys by subject. Safe for several processes at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = Lock()
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        for pragma in ("secure_delete = ON", "synchronous = FULL", "journal_mode = DELETE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS key (subject TEXT PRIMARY KEY, value BLOB, destroyed_at TEXT) WITHOUT ROWID"
        )

    def find(self, subjects: Iterable[UUID]) -> dict[UUID, bytes]:
        """The keys there are. Raises KeyDestroyed for a subject whose key was destroyed."""
        found: dict[UUID, bytes] = {}
        with self._lock:
            for subject in subjects:
                row = self._database.execute(
                    "SELECT value FROM key WHERE subject = ?", (subject.hex,)
                ).fetchone()
                if row is not None and row[0] is None:
                    raise KeyDestroyed(str(subject))
                if row is not None:
                    found[subject] = row[0]
        return found

    def put(self, keys: Mapping[UUID, bytes]) -> int:
        """Store new keys durably and say how many: a subject that has or had a key keeps that one."""
        if not keys:
            return 0
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            stored = self._database.executemany(
                "INSERT OR IGNORE INTO key VALUES (?, ?, NULL)",
                ((subject.hex, key) for subject, key in keys.items()),
            )
            self._database.execute("COMMIT")
        return stored.rowcount

    def destroy(self, subject: UUID, destroyed_at: str) -> bool:
        """Overwrite a key; False where there was none. Irreversible."""
        with self._lock:
            changed = self._database.execute(
                "UPDATE key SET value = NULL, destroyed_at = ? WHERE subject = ? AND value IS NOT NULL",
                (destroyed_at, subject.hex),
            )
        return changed.rowcount == 1

    def site_key(self) -> bytes:
        """The site's own key, for keyed digests; made at first use."""
        with self._lock:
            self._database.execute(
                "INSERT OR IGNORE INTO key VALUES (?, ?, NULL)", (SITE_KEY, secrets.token_bytes(KEY_BYTES))
            )
            row = self._database.execute("SELECT value FROM key WHERE subject = ?", (SITE_KEY,)).fetchone()
        return bytes(row[0])

    def copy_into(self, other: sqlite3.Connection) -> None:
        """Copy the whole store as it is at one moment."""
        with self._lock:
            self._database.backup(other)

    def close(self) -> None:
        self._database.close()


_opened: dict[Path, KeyStore] = {}


def keystore() -> KeyStore:
    """The site's key store, below the data folder."""
    path = Path(settings.DATA) / STORE
    if path not in _opened:
        _opened[path] = KeyStore(path)
    return _opened[path]
