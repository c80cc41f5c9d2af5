"""What a reorganisation does to entries: open ones follow the unit that took their unit's place, closed ones stay.

`org.reorganise` changes the tree; this moves the work. It may be run again at any time: it looks
for open entries led by a unit that no longer exists, so a reorganisation with a coming day is
carried out by the worker on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.refusals import OccurredBeforeLastChange
from taizhang.core.values import Source
from taizhang.core.wording import Label, remarked
from taizhang.ledger import ledgers
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.outcome import Outcome
from taizhang.org.reorganise import Reorganised
from taizhang.org.sites import the_site, today

ORPHANS = """
SELECT entry.entry_id, entry.stage, entry.playbook_sha, unit.id, unit.to_on,
    (SELECT array_agg(followed.successor_id ORDER BY followed.successor_id) FROM unit_succession AS followed
     WHERE followed.unit_id = unit.id AND followed."on" <= %(day)s)
FROM unit JOIN entry_party AS party ON party.unit_id = unit.id AND party.role = 'lead'
JOIN entry ON entry.site_id = party.site_id AND entry.entry_id = party.entry_id
WHERE party.site_id = %(site)s AND unit.to_on <= %(day)s ORDER BY entry.entry_id
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """`unallocated` stay with the dissolved unit until somebody says which successor takes them;
    `refused` could not go (an accusation may name the successor)."""

    transferred: tuple[UUID, ...]
    unallocated: tuple[UUID, ...]
    refused: tuple[Outcome, ...]


def reorganise(
    change: Callable[[], Reorganised],
    actor: Actor,
    *,
    document: str,
    allocation: Mapping[UUID, int] | None = None,
) -> tuple[Reorganised, Moved]:
    """Change the tree and move the open entries with it, as one transaction.

    `document` is what the reorganisation rests on. After a split `allocation` says which entry
    goes to which successor; what it does not name is returned as unallocated.
    """
    with transaction.atomic():
        done = change()
        return done, follow(actor, document=document, allocation=allocation)


def follow(actor: Actor, *, document: str, allocation: Mapping[UUID, int] | None = None) -> Moved:
    """Transfer every open entry whose lead unit is dissolved to its one successor, or as allocated."""
    moves: dict[UUID, tuple[int, date]] = {}
    unallocated: list[UUID] = []
    for entry_id, successors, on in _orphans():
        successor = (allocation or {}).get(entry_id) or (successors[0] if len(successors) == 1 else None)
        if successor is None:
            unallocated.append(entry_id)
        else:
            moves[entry_id] = (successor, on)
    outcomes = _transfer(moves, actor, document, dated=True)
    late = [item.entry_id for item in outcomes if isinstance(item.refusal, OccurredBeforeLastChange)]
    # What changed after the reorganisation's day is moved from today on.
    again = _transfer({entry_id: moves[entry_id] for entry_id in late}, actor, document, dated=False)
    settled = [item for item in outcomes if item.entry_id not in set(late)] + again
    return Moved(
        tuple(item.entry_id for item in settled if item.refusal is None),
        tuple(unallocated),
        tuple(item for item in settled if item.refusal is not None),
    )


def _orphans() -> list[tuple[UUID, list[int], date]]:
    site = the_site()
    with cursor() as database:
        database.execute(ORPHANS, {"site": site.id, "day": today(site)})
        found = database.fetchall()
    return [
        (entry_id, list(successors or ()), on)
        for entry_id, stage, sha, _, on, successors in found
        if ledgers.playbook(sha).is_open(stage)
    ]


def _transfer(
    moves: Mapping[UUID, tuple[int, date]], actor: Actor, document: str, *, dated: bool
) -> list[Outcome]:
    commands = [
        c.TransferEntry(
            entry_id=entry_id,
            lead_unit=successor,
            reason=remarked(Label("机构改革", "Reorganisation"), Label(document)).text(the_site().spoken),
            occurred_on=on if dated else None,
            source=Source("document", document),
            reorganised=True,
        )
        for entry_id, (successor, on) in moves.items()
    ]
    return list(handle(commands, actor, on_refusal="skip").outcomes) if commands else []
