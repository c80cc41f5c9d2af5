"""The root of the log's Merkle tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Head:
    """How many leaves there are, and the root over them in hex: two logs with equal heads are equal."""

    size: int
    root: str


def head_of(leaves: Iterable[bytes]) -> Head:
    """The head of the tree over these leaf hashes, in their order (RFC 9162 §2.1.1), in one pass."""
    size, peaks = 0, list[bytes]()
    for leaf in leaves:
        size += 1
        peaks.append(leaf)
        complete = size
        while complete % 2 == 0:
            right = peaks.pop()
            peaks[-1] = _node(peaks[-1], right)
            complete //= 2
    if not peaks:
        return Head(0, sha256(b"").hexdigest())
    root = peaks.pop()
    while peaks:
        root = _node(peaks.pop(), root)
    return Head(size, root.hex())


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
