"""Category paths by small numbers, for the cells. A dictionary that only grows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from taizhang.ledger.database import cursor

_known: dict[str, int] = {}


def ids_of(site_id: int, paths: Iterable[str], alias: str = "default") -> dict[str, int]:
    """The number of every path; new ones are added at once, in the caller's transaction if there is one."""
    wanted = {path for path in paths if path}
    missing = wanted - _known.keys()
    if not missing:
        return {path: _known[path] for path in wanted}
    found = _read(site_id, missing, alias)
    new = missing - found.keys()
    if new:
        with transaction.atomic(using=alias), cursor(alias) as database:
            database.execute("SELECT pg_advisory_xact_lock(hashtext('category'), %s::int)", (site_id,))
            database.execute(
                "INSERT INTO category (site_id, category_id, path)"
                " SELECT %s::smallint, coalesce((SELECT max(category_id) FROM category WHERE site_id = %s), 0)"
                " + row_number() OVER (ORDER BY path), path FROM unnest(%s::text[]) AS given (path)"
                " ON CONFLICT (site_id, path) DO NOTHING",
                (site_id, site_id, sorted(new)),
            )
        found |= _read(site_id, new, alias)
    known = {path: found[path] if path in found else _known[path] for path in wanted}
    # Some of these may have been made in this very transaction: they are remembered once it is committed.
    transaction.on_commit(lambda: _known.update(found), using=alias)
    return known


def _read(site_id: int, paths: Iterable[str], alias: str) -> dict[str, int]:
    with cursor(alias) as database:
        database.execute(
            "SELECT path, category_id FROM category WHERE site_id = %s AND path = ANY(%s)",
            (site_id, list(paths)),
        )
        return dict(database.fetchall())


def forget() -> None:
    """Drop what this process remembers; for tests that change databases under it."""
    _known.clear()
