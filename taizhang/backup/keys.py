"""The keys of sealed values, in a file of their own beside the backup: FILE.keys, for the owner alone.

With it the values can be read, and without it never again. Copies are kept for a stated short time, so that a
key that is destroyed is soon gone from all of them.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from taizhang.backup.refusals import BackupRefused
from taizhang.ledger.keystore import SITE_KEY, STORE, keystore
from taizhang.ledger.whole_file import draft_of

KEPT = timedelta(days=30)
"""How long a copy of the keys may be kept; docs/privacy.md promises it."""


def beside(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.keys")


def mark() -> str:
    """Tells this site's keys from another's, and nothing about them."""
    return _mark(keystore().site_key())


@contextmanager
def copied(target: Path) -> Iterator[int]:
    """Copy the store as it is now; how many keys. The copy goes again where the caller does not succeed."""
    keystore().site_key()  # made at first use, and no copy is without it
    draft = draft_of(target)
    os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(draft)) as copy:
            # The page copy holds nothing of what was destroyed: the store overwrites what it removes.
            keystore().copy_into(copy)
            count = copy.execute("SELECT count(*) FROM key WHERE value IS NOT NULL").fetchone()[0]
        draft.replace(target)
        yield int(count)
    except BaseException:
        draft.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


@contextmanager
def opened(path: Path, wanted: str) -> Iterator[sqlite3.Connection]:
    """The keys in this file, read only. Raises BackupRefused where they are damaged, or another site's."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as store:
        try:
            found = store.execute("SELECT value FROM key WHERE subject = ?", (SITE_KEY,)).fetchone()
            sound = store.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        except sqlite3.Error:
            found, sound = None, False
        if found is None or not sound:
            raise BackupRefused(
                f"密钥文件 {path} 已损坏，或不是密钥文件。", f"The keys file {path} is damaged, or is none."
            )
        if not hmac.compare_digest(_mark(bytes(found[0])), wanted):
            raise BackupRefused(
                f"密钥文件 {path} 属于另一个站点，不是这个备份的。",
                f"The keys file {path} belongs to another site, not to this backup.",
            )
        yield store


def subjects(store: sqlite3.Connection) -> set[str]:
    """Whose key is here, or is known to have been destroyed on purpose."""
    return {subject for (subject,) in store.execute("SELECT subject FROM key")}


def placed(store: sqlite3.Connection, data: Path) -> None:
    """Put a copy of these keys where the site of this data folder keeps its own."""
    target = data / STORE
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(target)) as own:
        store.backup(own)


def _mark(site_key: bytes) -> str:
    return hmac.digest(site_key, b"taizhang backup", "sha256").hex()
