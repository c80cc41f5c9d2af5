"""How a row is known again, without telling what it holds: HMAC-SHA-256 under the site's own key."""

from __future__ import annotations

import hmac
from collections import Counter
from typing import NamedTuple

from taizhang.core.playbook import Playbook
from taizhang.ledger.importing.rows import ReadRow
from taizhang.ledger.keystore import keystore

HALF = 16
"""Bytes of a digest that speak of the open contents; the others speak of the sealed ones."""
CONTENTS = 2 * HALF
"""Bytes of a digest that speak of contents; where a row became an entry for each of several units, one more follows
to say whose it is."""
_UNIT = 8


class RowIdentity(NamedTuple):
    """`key` names the row, `digest` its contents: open ones in its first half, sealed ones in its second."""

    key: bytes
    digest: bytes

    def digest_for(self, unit_id: int) -> bytes:
        """The digest of the entry that is this unit's own, where the row becomes one for each of several."""
        return self.digest + unit_id.to_bytes(_UNIT, "big")


def unit_of(digest: bytes) -> int | None:
    """The unit whose own entry has this digest; none where the entry is the whole row's."""
    return int.from_bytes(digest[CONTENTS:], "big") if len(digest) == CONTENTS + _UNIT else None


class Identities:
    """Names the rows of one file, in their order.

    By the key columns the playbook declares; else by the contents of the row, in whatever order and
    under whatever headers they stand, and how often they occurred before in this file. A row counter
    is never part of it.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._secret = keystore().site_key()
        self._keys = playbook.sheet.key
        self._open = sorted(item.key for item in playbook.fields if not item.is_sealed)
        self._sealed = sorted(item.key for item in playbook.sealed_fields)
        self._occurred: Counter[bytes] = Counter()

    def of(self, row: ReadRow) -> RowIdentity:
        return RowIdentity(self._key(row), self._contents(row))

    @property
    def are_declared(self) -> bool:
        return bool(self._keys)

    def _key(self, row: ReadRow) -> bytes:
        plains = row.plains
        if self._keys:
            return self._digest("\x1f".join(plains[key] for key in self._keys))
        contents = "\x1f".join(sorted([*plains.values(), *row.others]))
        named = self._digest(contents)
        again = self._occurred[named]
        self._occurred[named] += 1
        return self._digest(f"{contents}\x1e{again}") if again else named

    def _contents(self, row: ReadRow) -> bytes:
        return self._half(row, self._open) + self._half(row, self._sealed)

    def _half(self, row: ReadRow, keys: list[str]) -> bytes:
        plains = row.plains
        return self._digest("\x1e".join([f"{key}\x1f{plains[key]}" for key in keys if key in plains]))[:HALF]

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(errors="surrogatepass"), "sha256")
