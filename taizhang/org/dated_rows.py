"""Reading the tree over time from its tables, and writing back what a reorganisation changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from taizhang.org.chart import ALWAYS, NEVER, Chart, Life, PathSpan, parents_of
from taizhang.org.models import Site, Unit, UnitPath
from taizhang.org.refusals import NoSite
from taizhang.org.settling import mark_changed, settle
from taizhang.org.sites import the_site, today


def read_chart() -> Chart:
    """The whole tree over time, held against other reorganisations until the transaction ends."""
    if Site.objects.select_for_update().order_by("id").first() is None:
        raise NoSite
    spans: defaultdict[int, list[PathSpan]] = defaultdict(list)
    for unit, path, from_on, to_on in UnitPath.objects.values_list("unit_id", "path", "from_on", "to_on"):
        spans[unit].append(PathSpan(path, from_on or ALWAYS, to_on or NEVER))
    chart = Chart()
    for unit, name, from_on, to_on in Unit.objects.values_list("id", "name", "from_on", "to_on"):
        in_order = sorted(spans[unit], key=lambda span: span.start)
        chart.lives[unit] = Life(name, from_on or ALWAYS, to_on or NEVER, parents_of(in_order))
    return chart


def write_paths(chart: Chart, units: Iterable[int]) -> None:
    """Work out the paths of these units anew, refusing an impossible tree, and store what differs."""
    wanted = {(unit, span) for unit in units for span in chart.paths(unit)}
    stored = {
        (row.unit_id, PathSpan(row.path, row.from_on or ALWAYS, row.to_on or NEVER)): row.id
        for row in UnitPath.objects.filter(unit_id__in={unit for unit, _ in wanted})
    }
    UnitPath.objects.filter(id__in=[row for key, row in stored.items() if key not in wanted]).delete()
    UnitPath.objects.bulk_create(
        UnitPath(unit_id=unit, path=span.path, from_on=opening(span.start), to_on=ending(span.end))
        for unit, span in sorted(wanted - stored.keys(), key=lambda key: (key[0], key[1].start))
    )


def finish() -> None:
    """After the dated facts changed: bring today's columns in line and let every process know."""
    settle(today(the_site()), facts_changed=True)
    mark_changed()


def opening(day: date) -> date | None:
    """A first day as the tables hold it."""
    return None if day == ALWAYS else day


def ending(day: date) -> date | None:
    """A last day as the tables hold it."""
    return None if day == NEVER else day
