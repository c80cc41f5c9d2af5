"""Bringing the columns of today in `Unit` in line with the dated facts."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import connection

from taizhang.org.models import Site

# Of each unit's spans the last one begun by the day or, while none has begun, the first to come.
# Only what once ended was ever followed by something else, so the other units are left out.
_IN_FORCE = """SELECT DISTINCT ON (unit_id) * FROM {table}
    WHERE unit_id IN (
        SELECT unit_id FROM unit_name WHERE to_on IS NOT NULL
        UNION SELECT unit_id FROM unit_path WHERE to_on IS NOT NULL
    )
    ORDER BY unit_id, COALESCE(from_on <= %(day)s, true) DESC,
        CASE WHEN from_on <= %(day)s THEN from_on END DESC NULLS LAST, from_on"""

_SETTLE = f"""
WITH named AS ({_IN_FORCE.format(table="unit_name")}), placed AS ({_IN_FORCE.format(table="unit_path")})
UPDATE unit SET name = named.name, short_name = named.short_name, sort_key = named.sort_key,
    path = placed.path, parent_id = NULLIF(split_part(placed.path, '/', -3), '')::bigint
FROM named JOIN placed USING (unit_id)
WHERE unit.id = named.unit_id
  AND (unit.name, unit.short_name, unit.path) IS DISTINCT FROM (named.name, named.short_name, placed.path)
"""


def settle(day: date) -> bool:
    """Make every unit's name, parent and path those of `day`; whether any was not.

    Facts with a coming day take effect by this: whoever first pictures the tree on a new day settles it.
    """
    with connection.cursor() as database:
        database.execute(_SETTLE, {"day": day})
        changed: bool = database.rowcount > 0
    if changed:
        mark_changed()
    return changed


def mark_changed() -> None:
    """Let every process know that its picture of the units is old."""
    Site.objects.update(units_version=uuid4())
