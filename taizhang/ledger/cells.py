"""Counts by unit × category × stage and day: packed from deltas, and read as of any day.

What stands at the end of a day is the last snapshot before it, plus the days since, plus what
was recorded later for days before the snapshot. What was known at a day is summed from the bare
cells, because a snapshot knows more than that day did.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from taizhang.ledger.database import cursor

SNAPSHOT_EVERY = 7
"""Days between two snapshots, counted from a fixed day so that every process makes the same ones."""
AT_ONCE = 50_000

PACK = """
WITH taken AS (
    DELETE FROM cell_delta WHERE site_id = %(site)s AND delta_id IN
        (SELECT delta_id FROM cell_delta WHERE site_id = %(site)s ORDER BY delta_id LIMIT %(most)s)
    RETURNING ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift
), summed AS (
    SELECT ledger_id, day, known_day, stage, unit_id, category_id,
        sum(came) AS n_in, sum(went) AS n_out, sum(moved) AS n_shift
    FROM taken, unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)
    GROUP BY ledger_id, day, known_day, stage, unit_id, category_id
    HAVING sum(came) <> 0 OR sum(went) <> 0 OR sum(moved) <> 0
), packed AS (
    INSERT INTO cell_day
        (site_id, pack_id, ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift)
    SELECT %(site)s, (SELECT coalesce(max(pack_id), 0) + 1 FROM cell_day WHERE site_id = %(site)s),
        ledger_id, day, known_day, stage, array_agg(unit_id ORDER BY unit_id, category_id),
        array_agg(category_id ORDER BY unit_id, category_id), array_agg(n_in ORDER BY unit_id, category_id),
        array_agg(n_out ORDER BY unit_id, category_id), array_agg(n_shift ORDER BY unit_id, category_id)
    FROM summed GROUP BY ledger_id, day, known_day, stage RETURNING 1
), standing AS (
    INSERT INTO cell_now AS now (site_id, ledger_id, unit_id, stage, n, last_day)
    SELECT %(site)s, ledger_id, unit_id, stage, sum(n_in - n_out + n_shift), max(day)
    FROM summed GROUP BY ledger_id, unit_id, stage
    ON CONFLICT (site_id, ledger_id, unit_id, stage)
        DO UPDATE SET n = now.n + excluded.n, last_day = greatest(now.last_day, excluded.last_day)
)
SELECT count(*) FROM taken
"""

COUNTED = """
WITH base AS (
    SELECT day, upto_pack, stages, unit_ids, category_ids, n FROM cell_snapshot
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s AND day <= %(day)s ORDER BY day DESC LIMIT 1
), counted AS (
    SELECT given.stage, given.unit_id, given.category_id, given.n
    FROM base, unnest(base.stages, base.unit_ids, base.category_ids, base.n) AS given (stage, unit_id, category_id, n)
    UNION ALL
    SELECT stage, given.unit_id, given.category_id, came - went + moved FROM cell_day,
        unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s AND day <= %(day)s
        AND day > coalesce((SELECT day FROM base), '-infinity')
    UNION ALL
    SELECT stage, given.unit_id, given.category_id, came - went + moved FROM cell_day,
        unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s AND pack_id > (SELECT upto_pack FROM base)
        AND day <= (SELECT day FROM base)
    UNION ALL
    SELECT stage, given.unit_id, given.category_id, came - went + moved FROM cell_delta,
        unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s AND day <= %(day)s
)
"""
STANDING = f"""{COUNTED}
SELECT stage, unit_id, category_id, sum(n) FROM counted GROUP BY stage, unit_id, category_id HAVING sum(n) <> 0
"""
BY_UNIT = f"""{COUNTED}
SELECT stage, unit_id, sum(n)::int FROM counted
WHERE stage <> '' AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s))
GROUP BY stage, unit_id
"""
NOW_BY_UNIT = """
SELECT stage, unit_id, sum(n)::int, max(last_day) FROM (
    SELECT stage, unit_id, n, last_day FROM cell_now WHERE site_id = %(site)s AND ledger_id = %(ledger)s
    UNION ALL
    SELECT stage, given.unit_id, came - went + moved, day FROM cell_delta,
        unnest(unit_ids, n_in, n_out, n_shift) AS given (unit_id, came, went, moved)
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s
) AS counted
WHERE stage <> '' AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s))
GROUP BY stage, unit_id
"""

EVERY_CELL = """
SELECT stage, unit_id, category_id, sum(came), sum(went), sum(moved) FROM (
    SELECT ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift FROM cell_day
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s
    UNION ALL
    SELECT ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift FROM cell_delta
    WHERE site_id = %(site)s AND ledger_id = %(ledger)s
) AS cell, unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)
WHERE day BETWEEN %(first)s AND %(last)s AND known_day <= %(known)s
GROUP BY stage, unit_id, category_id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many entries stand in one cell. Unit 0: none answers yet; category 0: none given."""

    stage: str
    unit_id: int
    category_id: int
    n: int


@dataclass(frozen=True, slots=True)
class Flow:
    """How many entered and left one cell in a period."""

    stage: str
    unit_id: int
    category_id: int
    n_in: int
    n_out: int


def standing(site_id: int, ledger_id: int, day: date, *, known_at: date | None = None) -> list[Standing]:
    """What stood in each cell at the end of `day`; with `known_at`, as far as was recorded by that day."""
    given = {"site": site_id, "ledger": ledger_id, "day": day}
    with cursor() as database:
        if known_at is None:
            database.execute(STANDING, given)
            return [Standing(stage, unit, category, int(n)) for stage, unit, category, n in database]
        database.execute(EVERY_CELL, {**given, "first": date.min, "last": day, "known": known_at})
        rows = [(row[0], row[1], row[2], int(row[3] - row[4] + row[5])) for row in database]
    return [Standing(*row) for row in rows if row[3]]


def standing_by_unit(
    site_id: int, ledger_id: int, day: date, units: Collection[int] | None
) -> dict[tuple[str, int], int]:
    """How many stood in each stage under each of these units (None: any) at the end of `day`.

    After the last change of all, that is what stands now, which need not be added up from days.
    """
    given = {
        "site": site_id,
        "ledger": ledger_id,
        "day": day,
        "units": None if units is None else sorted(units),
    }
    with cursor() as database:
        database.execute(NOW_BY_UNIT, given)
        found = database.fetchall()
        if any(row[3] > day for row in found):
            database.execute(BY_UNIT, given)
            found = database.fetchall()
    return {(row[0], row[1]): row[2] for row in found if row[2]}


def flows(
    site_id: int, ledger_id: int, first: date, last: date, *, known_at: date | None = None
) -> list[Flow]:
    """What entered and left each cell from `first` to `last`, both included."""
    given = {
        "site": site_id,
        "ledger": ledger_id,
        "first": first,
        "last": last,
        "known": known_at or date.max,
    }
    with cursor() as database:
        database.execute(EVERY_CELL, given)
        rows = [(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in database]
    return [Flow(*row) for row in rows if row[3] or row[4]]


def pack(site_id: int) -> int:
    """Fold all deltas into day cells; how many delta rows were taken."""
    total = 0
    while taken := _pack_some(site_id):
        total += taken
    return total


def _pack_some(site_id: int) -> int:
    with transaction.atomic(), cursor() as database:
        database.execute("SELECT pg_try_advisory_xact_lock(hashtext('packer'), %s::int)", (site_id,))
        found = database.fetchone()
        if found is None or not found[0]:
            return 0
        database.execute(PACK, {"site": site_id, "most": AT_ONCE})
        counted = database.fetchone()
    return int(counted[0]) if counted is not None else 0


def snapshot(site_id: int, today: date) -> int:
    """Make the snapshots that are missing up to yesterday, per ledger; how many. Run after `pack`."""
    made = 0
    with cursor() as database:
        database.execute(
            "SELECT c.ledger_id, min(c.day), (SELECT max(s.day) FROM cell_snapshot s"
            " WHERE s.site_id = %s AND s.ledger_id = c.ledger_id) FROM cell_day c WHERE c.site_id = %s"
            " GROUP BY c.ledger_id",
            (site_id, site_id),
        )
        waiting = database.fetchall()
    for ledger_id, first, last in waiting:
        for day in _snapshot_days(
            first if last is None else last + timedelta(days=1), today - timedelta(days=1)
        ):
            _snapshot_one(site_id, ledger_id, day)
            made += 1
    return made


def _snapshot_days(first: date, last: date) -> list[date]:
    step = SNAPSHOT_EVERY
    start = first.toordinal() + -first.toordinal() % step
    return [date.fromordinal(n) for n in range(start, last.toordinal() + 1, step)]


def _snapshot_one(site_id: int, ledger_id: int, day: date) -> None:
    """Only packed cells go in; what is still a delta is added by whoever reads."""
    with transaction.atomic(), cursor() as database:
        database.execute("SELECT pg_advisory_xact_lock(hashtext('packer'), %s::int)", (site_id,))
        database.execute("SELECT coalesce(max(pack_id), 0) FROM cell_day WHERE site_id = %s", (site_id,))
        found = database.fetchone()
        packed = STANDING.replace("FROM cell_delta,", "FROM (SELECT * FROM cell_delta WHERE false) AS none,")
        database.execute(packed, {"site": site_id, "ledger": ledger_id, "day": day})
        columns = [list(column) for column in zip(*database.fetchall(), strict=True)] or [[], [], [], []]
        database.execute(
            "INSERT INTO cell_snapshot (site_id, ledger_id, day, upto_pack, stages, unit_ids, category_ids, n)"
            " VALUES (%s, %s, %s, %s, %s::text[], %s::bigint[], %s::int[], %s::int[]) ON CONFLICT DO NOTHING",
            (site_id, ledger_id, day, found[0] if found is not None else 0, *columns),
        )
