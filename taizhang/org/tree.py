"""The tree of units, as the rules and the lists read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from taizhang.core.units import Units, UnitSpan
from taizhang.org.in_force import in_force
from taizhang.org.models import UnitPath
from taizhang.org.settling import settle
from taizhang.org.sites import saw, the_site, today

_VERSION = "SELECT version FROM site"

_SPANS = """
SELECT unit.id, unit.name, unit.parent_id, unit.from_on, unit.to_on, followed.successor_ids
FROM unit LEFT JOIN (
    SELECT unit_id, array_agg(successor_id ORDER BY successor_id) AS successor_ids
    FROM unit_succession WHERE "on" <= %(day)s GROUP BY unit_id
) followed ON followed.unit_id = unit.id
"""


@dataclass(frozen=True, slots=True)
class _Picture:
    version: UUID
    day: date
    units: Units


_remembered: _Picture | None = None


def forget() -> None:
    """Read the units anew next time: the process turned to another database."""
    global _remembered  # noqa: PLW0603 - one tree per process, as one database
    _remembered = None


def units_now() -> Units:
    """The whole tree as of today, with one tiny query as long as nothing changed."""
    with connection.cursor() as database:
        database.execute(_VERSION)
        found = database.fetchone()
    if found is None:
        return Units()
    saw(found[0])
    return units_at(found[0])


def units_at(version: UUID) -> Units:
    """The tree of today for a `Site.version` that was just read together with something else."""
    global _remembered  # noqa: PLW0603
    day = today(the_site())
    known = _remembered
    if known is not None and known.version == version and known.day == day:
        return known.units
    if settle(day):
        return units_now()
    units = _read(day)
    _remembered = _Picture(version, day, units)
    return units


def _read(day: date) -> Units:
    with connection.cursor() as database:
        database.execute(_SPANS, {"day": day})
        return Units(
            {
                row[0]: UnitSpan(row[0], row[1], row[2], row[3], row[4], tuple(row[5] or ()))
                for row in database.fetchall()
            },
            day,
        )


def subtree(unit_id: int, on: date | None = None) -> list[int]:
    """The unit and all units below it, in order of their numbers.

    By today's tree all that `Units.below` covers, so that dissolved units stand at their last place and also
    below their successors; with `on`, the units that existed that day by that day's tree, none if this one did not.
    """
    if on is not None:
        marked = {unit: path for unit, path in path_on(on).items() if f"/{unit_id}/" in path}
        return sorted(marked)
    return sorted(units_now().below([unit_id]))


def path_on(day: date) -> dict[int, str]:
    """The path ("/1/12/") of every unit that existed on the day, by unit."""
    return dict(UnitPath.objects.filter(in_force(day)).values_list("unit_id", "path"))
