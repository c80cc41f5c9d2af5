"""Which rows of a file the ledger holds already: one query per chunk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from taizhang.core.actor import Actor
from taizhang.ledger.database import cursor
from taizhang.ledger.importing.identity import CONTENTS, RowIdentity, unit_of
from taizhang.ledger.statement import array
from taizhang.ledger.visibility import Scope, scope_of

_CONTENTS = f"substring(entry.source_digest FROM 1 FOR {CONTENTS})"


@dataclass(frozen=True, slots=True)
class KnownRow:
    """The entry a row became earlier. `fields` as the ledger holds them now; None where the row says the same
    as then, or the importing person may not see the entry. `units`: those it became an entry each for."""

    digest: bytes
    fields: dict[str, Any] | None
    units: frozenset[int] = frozenset()


class KnownRows:
    """Looks rows up in one ledger, for one actor.

    An entry that an accusation hides from the acting or typing unit does not exist for them, here as
    elsewhere (信访工作条例 第三十条); one merely out of scope is known, but not shown.
    """

    def __init__(self, site_id: int, ledger_id: int, actor: Actor) -> None:
        self._site_id, self._ledger_id = site_id, ledger_id
        scopes = [scope_of(agent) for agent in {actor.acting, actor.typing}]
        self._visible = _all(scope.condition() for scope in scopes)
        self._existing = _all(Scope(None, scope.hidden_from).condition() for scope in scopes)

    def of(self, rows: Sequence[RowIdentity]) -> dict[int, KnownRow]:
        """By the row's place in `rows`. Of several entries of one row: one with the same contents, or the first."""
        (visible, visible_given), (existing, existing_given) = self._visible, self._existing
        with cursor() as database:
            database.execute(
                "SELECT given.n, entry.source_digest,"
                f" CASE WHEN {_CONTENTS} <> given.digest AND {visible} THEN entry.fields END"
                " FROM unnest(%s::bytea[], %s::bytea[]) WITH ORDINALITY AS given (key, digest, n)"
                " JOIN entry ON entry.site_id = %s AND entry.ledger_id = %s AND entry.source_key = given.key"
                f" WHERE entry.source_key IS NOT NULL AND {existing}"
                f" ORDER BY given.n, {_CONTENTS} = given.digest DESC, entry.entry_id",
                [
                    *visible_given,
                    array("bytea", (row.key for row in rows)),
                    array("bytea", (row.digest for row in rows)),
                    self._site_id,
                    self._ledger_id,
                    *existing_given,
                ],
            )
            found: dict[int, KnownRow] = {}
            for n, digest, fields in database:
                first = found.setdefault(n - 1, KnownRow(bytes(digest[:CONTENTS]), fields))
                if (unit := unit_of(bytes(digest))) is not None:
                    found[n - 1] = replace(first, units=first.units | {unit})
        return found

    def numbers(self, numbers: Collection[str]) -> set[str]:
        """Those of the entry numbers that stand in the ledger."""
        if not numbers:
            return set()
        existing, given = self._existing
        with cursor() as database:
            database.execute(
                "SELECT entry.number FROM entry WHERE entry.site_id = %s AND entry.ledger_id = %s"
                f" AND entry.number = ANY(%s) AND {existing}",
                [self._site_id, self._ledger_id, sorted(numbers), *given],
            )
            return {row[0] for row in database}


def _all(conditions: Any) -> tuple[str, list[Any]]:
    terms, parameters = [], []
    for term, given in conditions:
        terms.append(f"({term})")
        parameters += given
    return " AND ".join(terms), parameters
