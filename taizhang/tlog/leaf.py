"""Leaf hashes of the transparency log."""

from __future__ import annotations

from hashlib import sha256

SALT_BYTES = 16


def leaf_hash(salt: bytes, record: bytes) -> bytes:
    """The hash of one leaf, 32 bytes: SHA-256(0x00 ‖ salt ‖ record), RFC 9162 §2.1.1 with a salted entry.

    The salt keeps a short record from being guessed from a published hash.
    """
    return sha256(b"\x00" + salt + record).digest()
