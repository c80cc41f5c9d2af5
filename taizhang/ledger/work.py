"""What follows a write and need not be waited for: sealing, packing, snapshots.

`serve` runs this in the background; a command that finds no `serve` does it once before it ends.
"""

from __future__ import annotations

from threading import Event

from taizhang.ledger import cells, sealing
from taizhang.org.models import Site
from taizhang.org.sites import today

EVERY = 1.0
"""Seconds between two looks for work."""


def work_once(site: Site) -> bool:
    """Seal, pack and snapshot what there is; whether there was anything."""
    sealed, packed = sealing.seal(site.id), cells.pack(site.id)
    return bool(sealed + packed + cells.snapshot(site.id, today(site)))


def work_until(stopped: Event, site: Site) -> None:
    """Work until told to stop: at once while there is something, else every second."""
    while not stopped.is_set():
        if not work_once(site):
            stopped.wait(EVERY)
