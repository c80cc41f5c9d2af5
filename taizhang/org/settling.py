"""Bringing the columns of today in `Unit` in line with the dated facts."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import connection

from taizhang.org.models import Site
from taizhang.org.sites import saw

# Of each unit's spans the last one begun by the day or, while none has begun, the first to come.
_IN_FORCE = """SELECT DISTINCT ON (unit_id) * FROM {table} {where}
    ORDER BY unit_id, COALESCE(from_on <= %(day)s, true) DESC,
        CASE WHEN from_on <= %(day)s THEN from_on END DESC NULLS LAST, from_on"""

# What never ended is the same on every day, so that a new day changes nothing in it.
_THAT_CHANGED = """WHERE unit_id IN (
        SELECT unit_id FROM unit_name WHERE to_on IS NOT NULL
        UNION SELECT unit_id FROM unit_path WHERE to_on IS NOT NULL)"""


def _statement(where: str) -> str:
    named = _IN_FORCE.format(table="unit_name", where=where)
    placed = _IN_FORCE.format(table="unit_path", where=where)
    return f"""WITH named AS ({named}), placed AS ({placed})
UPDATE unit SET name = named.name, short_name = named.short_name, sort_key = named.sort_key,
    path = placed.path, parent_id = NULLIF(split_part(placed.path, '/', -3), '')::bigint
FROM named JOIN placed USING (unit_id)
WHERE unit.id = named.unit_id
  AND (unit.name, unit.short_name, unit.path) IS DISTINCT FROM (named.name, named.short_name, placed.path)
"""


_NEW_DAY, _NEW_FACTS = _statement(_THAT_CHANGED), _statement("")


def settle(day: date, *, facts_changed: bool = False) -> bool:
    """Make every unit's name, parent and path those of `day`; whether any was not.

    Facts with a coming day take effect by this: whoever first pictures the tree on a new day settles
    it. Whoever changed the facts says so, for a change may also take back an earlier one.
    """
    with connection.cursor() as database:
        database.execute(_NEW_FACTS if facts_changed else _NEW_DAY, {"day": day})
        changed: bool = database.rowcount > 0
    if changed:
        mark_changed()
    return changed


def mark_changed() -> None:
    """Let every process know that what it remembers of the units and the ledgers is old."""
    version = uuid4()
    Site.objects.update(version=version)
    saw(version)
