"""The sealer: gives committed events their position in the one order, without gaps.

Sequences and clocks are no order of commits; a follower that reads by them misses what commits
late. One sealer at a time takes whatever has been committed and numbers it.
"""

from __future__ import annotations

from django.db import transaction

from taizhang.ledger.database import cursor

AT_ONCE = 50
"""Chunks (of up to 2,000 events) sealed in one transaction."""

SEAL = """
WITH taken AS (
    DELETE FROM outbox WHERE site_id = %(site)s AND ticket IN
        (SELECT ticket FROM outbox WHERE site_id = %(site)s ORDER BY ticket LIMIT %(most)s)
    RETURNING ticket, entry_ids, versions, hashes
), numbered AS (
    SELECT row_number() OVER (ORDER BY taken.ticket, given.n) AS n, given.entry_id, given.version, given.hash
    FROM taken, unnest(taken.entry_ids, taken.versions, taken.hashes) WITH ORDINALITY
        AS given (entry_id, version, hash, n)
), sealed AS (
    INSERT INTO leaf (site_id, position, entry_id, version, hash)
    SELECT %(site)s, (SELECT coalesce(max(position), -1) FROM leaf WHERE site_id = %(site)s) + n,
        entry_id, version, hash
    FROM numbered RETURNING 1
)
SELECT count(*) FROM sealed
"""


def seal(site_id: int) -> int:
    """Number everything committed so far; how many events. 0 also where another sealer is at work."""
    total = 0
    while sealed := _seal_some(site_id):
        total += sealed
    return total


def _seal_some(site_id: int) -> int:
    with transaction.atomic(), cursor() as database:
        database.execute("SELECT pg_try_advisory_xact_lock(hashtext('sealer'), %s::int)", (site_id,))
        found = database.fetchone()
        if found is None or not found[0]:
            return 0
        database.execute(SEAL, {"site": site_id, "most": AT_ONCE})
        counted = database.fetchone()
    return int(counted[0]) if counted is not None else 0
