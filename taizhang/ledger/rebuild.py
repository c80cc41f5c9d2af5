"""Every projection anew from the events alone. Run as owner; readers wait until it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import transaction

from taizhang.ledger import cells, ledgers, searching, store
from taizhang.ledger.categories import ids_of
from taizhang.ledger.database import cursor, raw_connection
from taizhang.ledger.folding import Folded, advance
from taizhang.ledger.identity import new_id
from taizhang.org.models import Site

PROJECTIONS = (
    "entry", "entry_party", "stay", "cell_delta", "cell_day", "cell_now", "cell_snapshot", "entry_search",
)  # fmt: skip
AT_ONCE = 2_000

NEXT_ENTRIES = (
    "SELECT DISTINCT entry_id FROM event WHERE site_id = %s AND version = 1 AND entry_id > %s"
    " ORDER BY entry_id LIMIT %s"
)


def rebuild(site: Site, progress: Callable[[int], None] | None = None) -> int:
    """Drop and recreate entry rows, parties, stays, cells and the search index; how many entries.

    One transaction; only the index fills behind it, as it does behind every write.
    """
    done = 0
    with transaction.atomic(using="owner"):
        with cursor("owner") as database:
            database.execute(f"TRUNCATE {', '.join(PROJECTIONS)}")
        searching.forget(site.id, alias="owner")
        for entry_ids in _batches(site.id):
            store.statement_of(_projected(site, entry_ids)).execute(raw_connection("owner"))
            done += len(entry_ids)
            if progress is not None:
                progress(done)
    cells.pack(site.id)
    searching.index(site.id)
    return done


def _batches(site_id: int) -> Iterator[list[UUID]]:
    after = UUID(int=0)
    while True:
        with cursor("owner") as database:
            database.execute(NEXT_ENTRIES, (site_id, after, AT_ONCE))
            found = [row[0] for row in database]
        if not found:
            return
        yield found
        after = found[-1]


def _projected(site: Site, entry_ids: list[UUID]) -> store.Appending:
    """The same projections the write path makes, without events and outbox."""
    writing = store.Appending(site_id=site.id, delta_ids=iter(new_id, None))
    for entry_id, history in store.histories(site.id, entry_ids, alias="owner").items():
        folded: Folded | None = None
        playbook = ledgers.playbook(history[0].playbook_sha)
        for recorded in history:
            folded, deltas = advance(folded, recorded, playbook, site.zone)
            writing.deltas += deltas
        assert folded is not None
        writing.before[entry_id] = None
        writing.after[entry_id] = (folded, playbook)
    stays = (stay for folded, _ in writing.after.values() for stay in folded.stays)
    writing.category_ids = ids_of(site.id, (stay.category for stay in stays), alias="owner")
    writing.ledger_units = {
        ledger_id: ledgers.unit_of(ledger_id)
        for ledger_id in {folded.entry.ledger_id for folded, _ in writing.after.values()}
    }
    return writing
