"""What follows a write and need not be waited for: sealing, packing, snapshots, the search index.

`serve` runs this in the background; a command that finds no `serve` does it once before it ends.
"""

from __future__ import annotations

from datetime import date
from threading import Event

from taizhang.ledger import cells, sealing, searching
from taizhang.ledger.reorganising import follow
from taizhang.org.agents import actor_of, agent_of, operator
from taizhang.org.models import Site
from taizhang.org.sites import today

EVERY = 1.0
"""Seconds between two looks for work."""


def work_once(site: Site) -> bool:
    """Seal, pack, snapshot and index what there is; whether there was anything."""
    sealed, packed = sealing.seal(site.id), cells.pack(site.id)
    made, indexed = cells.snapshot(site.id, today(site)), searching.index(site.id)
    return bool(sealed + packed + made + indexed)


def follow_reorganisations(site: Site) -> int:
    """Move the open entries of units whose last day has come to their successors; how many."""
    actor = actor_of(agent_of(operator(), on=today(site)))
    return len(follow(actor, document="已生效的机构调整").transferred)


def work_until(stopped: Event, site: Site) -> None:
    """Work until told to stop: at once while there is something, else every second; some things once a day."""
    followed_on: date | None = None
    while not stopped.is_set():
        if followed_on != today(site):
            follow_reorganisations(site)
            followed_on = today(site)
        if not work_once(site):
            stopped.wait(EVERY)
