"""New identifiers: UUIDv7 (RFC 9562 §5.7), so that entries sort by the moment of their registration."""

from __future__ import annotations

import secrets
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7 greater than every earlier one of this process (RFC 9562 §6.2, method 2: a counter above
    random bits), so that the rows of one sheet keep their order."""
    global _last  # noqa: PLW0603 - one counter per process is the point
    # One call of the dice: it asks the system, and an import makes two ids a row.
    dice = secrets.randbits(41 + 32)
    with _lock:
        stamp = (time.time_ns() // 1_000_000) << 42 | dice >> 32
        _last = stamp if stamp > _last else _last + 1 + secrets.randbits(16)
        ordered = _last
    high, middle, low = ordered >> 42, (ordered >> 30) & 0xFFF, ordered & 0x3FFFFFFF
    return UUID(int=high << 80 | 0x7 << 76 | middle << 64 | 0b10 << 62 | low << 32 | dice & 0xFFFFFFFF)
