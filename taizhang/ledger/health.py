"""What `doctor` asks the database about itself. Each answers at once, whatever the ledger's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from taizhang.ledger.database import cursor

OLDEST_MAJOR = 15
"""The PostgreSQL version from which everything here works."""

COUNTS = """
SELECT
    (SELECT coalesce(sum(cardinality(entry_ids)), 0) FROM outbox WHERE site_id = %(site)s),
    (SELECT count(*) FROM cell_delta WHERE site_id = %(site)s),
    EXISTS (SELECT 1 FROM sealed WHERE site_id = %(site)s),
    (SELECT recorded_at FROM event
        JOIN (SELECT entry_id, version FROM leaf WHERE site_id = %(site)s ORDER BY position DESC LIMIT 1) AS last
        USING (entry_id, version) WHERE event.site_id = %(site)s)
"""


@dataclass(frozen=True, slots=True)
class Health:
    """Events not sealed yet, deltas not packed yet, whether values are sealed, the last sealed event's time."""

    unsealed: int
    unpacked: int
    holds_sealed: bool
    newest: datetime | None


def health(site_id: int) -> Health:
    with cursor() as database:
        database.execute(COUNTS, {"site": site_id})
        found = database.fetchone()
    assert found is not None
    return Health(int(found[0]), int(found[1]), bool(found[2]), found[3])


def server_version() -> tuple[int, str]:
    """PostgreSQL's major version, and the whole of it as text."""
    with cursor() as database:
        database.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')"
        )
        found = database.fetchone()
    assert found is not None
    return int(found[0]), str(found[1])
