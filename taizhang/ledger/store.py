"""What a chunk writes, table by table, and how histories are read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

from taizhang.core import codec
from taizhang.core.events import Recorded
from taizhang.core.playbook import Playbook
from taizhang.ledger import rows
from taizhang.ledger.database import cursor
from taizhang.ledger.folding import Delta, Folded, Sojourn
from taizhang.ledger.statement import STAY_COLUMNS, Parts, Statement, array
from taizhang.tlog.leaf import leaf_hash

EVENT_COLUMNS = {
    "entry_id": "uuid",
    "version": "int",
    "kind": "text",
    "occurred_on": "date",
    "recorded_at": "timestamptz",
    "acted_by": "bigint",
    "typed_by": "bigint",
    "unit_id": "bigint",
    "typed_unit_id": "bigint",
    "post_id": "bigint",
    "playbook_sha": "text",
    "batch_id": "uuid",
    "source": "text",
    "salt": "bytea",
    "body": "text",
}
PARTY_KEY = {"unit_id": "bigint", "ledger_id": "int", "entry_id": "uuid", "role": "text"}
SEALED_COLUMNS = {"ref": "uuid", "entry_id": "uuid", "subject_id": "uuid", "ciphertext": "bytea"}
DELTA_COLUMNS = {
    "delta_id": "uuid",
    "ledger_id": "int",
    "day": "date",
    "known_day": "date",
    "stage": "text",
    "unit_ids": "text",
    "category_ids": "text",
    "n_in": "text",
    "n_out": "text",
    "n_shift": "text",
}


@dataclass(slots=True)
class Appending:
    """Everything one chunk of a call writes. Filled by `handle`, written by `append`."""

    site_id: int
    ledger_units: Mapping[int, int] = field(default_factory=dict)
    category_ids: Mapping[str, int] = field(default_factory=dict)
    events: list[Recorded] = field(default_factory=list)
    salts: list[bytes] = field(default_factory=list)
    before: dict[UUID, Folded | None] = field(default_factory=dict)
    after: dict[UUID, tuple[Folded, Playbook]] = field(default_factory=dict)
    deltas: list[Delta] = field(default_factory=list)
    delta_ids: Iterable[UUID] = ()
    sealed: list[tuple[UUID, UUID, UUID, bytes]] = field(default_factory=list)


def record_of(recorded: Recorded, body: str) -> bytes:
    """The bytes a leaf is hashed over: the envelope in canonical JSON, a newline, the body in canonical JSON."""
    envelope = [
        str(recorded.entry_id),
        recorded.version,
        type(recorded.event).__name__,
        recorded.occurred_on.isoformat(),
        recorded.recorded_at.astimezone(UTC).isoformat(),
        [recorded.acted_by, recorded.typed_by, recorded.unit_id, recorded.typed_unit_id, recorded.post_id],
        recorded.playbook_sha,
        str(recorded.batch_id),
        codec.encode_source(recorded.source),
    ]
    return f"{codec.canonical(envelope)}\n{body}".encode()


def statement_of(writing: Appending) -> Statement:
    """One chunk's events, where there are any, and every projection of the entries they touch."""
    parts = Parts(writing.site_id)
    if writing.events:
        bodies = [codec.canonical(codec.encode(item.event)) for item in writing.events]
        parts.insert("event", EVENT_COLUMNS, map(_event_row, writing.events, writing.salts, bodies))
        _outbox(parts, writing, bodies)
    new = [item for entry_id, item in writing.after.items() if writing.before[entry_id] is None]
    old = [item for entry_id, item in writing.after.items() if writing.before[entry_id] is not None]
    parts.insert("entry", rows.ENTRY_COLUMNS, _entry_rows(new, writing))
    parts.update_entries(_entry_rows(old, writing), [_base_version(writing, item[0]) for item in old])
    _parties(parts, writing)
    _stays(parts, writing)
    parts.insert("cell_delta", DELTA_COLUMNS, _delta_rows(writing))
    parts.insert("sealed", SEALED_COLUMNS, writing.sealed)
    return parts.statement(len(old))


def _base_version(writing: Appending, folded: Folded) -> int:
    before = writing.before[folded.entry.entry_id]
    assert before is not None
    return before.entry.version


def _event_row(recorded: Recorded, salt: bytes, body: str) -> tuple[Any, ...]:
    source = codec.encode_source(recorded.source)
    return (
        recorded.entry_id,
        recorded.version,
        type(recorded.event).__name__,
        recorded.occurred_on,
        recorded.recorded_at,
        recorded.acted_by,
        recorded.typed_by,
        recorded.unit_id,
        recorded.typed_unit_id,
        recorded.post_id,
        recorded.playbook_sha,
        recorded.batch_id,
        None if source is None else codec.canonical(source),
        salt,
        body,
    )


def _outbox(parts: Parts, writing: Appending, bodies: Sequence[str]) -> None:
    hashes = [
        leaf_hash(salt, record_of(item, body))
        for item, salt, body in zip(writing.events, writing.salts, bodies, strict=True)
    ]
    parts.raw(
        "outbox",
        "INSERT INTO outbox (site_id, ticket, entry_ids, versions, hashes)"
        " VALUES ({}, nextval('outbox_ticket'), {}::uuid[], {}::int[], {}::bytea[])",
        writing.site_id,
        array("uuid", (item.entry_id for item in writing.events)),
        array("int", (item.version for item in writing.events)),
        array("bytea", hashes),
    )


def _entry_rows(items: Sequence[tuple[Folded, Playbook]], writing: Appending) -> list[tuple[Any, ...]]:
    return [rows.entry_row(folded.entry, playbook, writing.category_ids) for folded, playbook in items]


def _parties(parts: Parts, writing: Appending) -> None:
    gained, lost, changed = [], [], []
    for entry_id, (folded, playbook) in writing.after.items():
        before, ledger_id = writing.before[entry_id], folded.entry.ledger_id
        unit = writing.ledger_units[ledger_id]
        now = rows.parties(folded.entry, unit)
        was = rows.parties(before.entry, unit) if before is not None else frozenset()
        facts = rows.party_facts(folded.entry, playbook, writing.category_ids)
        gained += [(unit_id, ledger_id, entry_id, role, *facts) for unit_id, role in now - was]
        lost += [(unit_id, ledger_id, entry_id, role) for unit_id, role in was - now]
        if before is not None and rows.party_facts(before.entry, playbook, writing.category_ids) != facts:
            changed.append((entry_id, *facts))
    parts.insert("entry_party", PARTY_KEY | rows.PARTY_FACTS, gained)
    parts.delete("entry_party", PARTY_KEY, lost)
    parts.update_parties(changed, of_lost=bool(lost))


def _stays(parts: Parts, writing: Appending) -> None:
    """Stays only grow at the end; ending or hiding one rewrites its row under the same number."""
    new, changed = [], []
    for entry_id, (folded, _) in writing.after.items():
        before = writing.before[entry_id]
        known = before.stays if before is not None else ()
        for n, stay in enumerate(folded.stays):
            if n >= len(known):
                new.append(_stay_row(folded, n, stay, writing))
            elif stay != known[n]:
                changed.append(_stay_row(folded, n, stay, writing))
    parts.insert("stay", STAY_COLUMNS, new)
    parts.update_stays(changed)


def _stay_row(folded: Folded, n: int, stay: Sojourn, writing: Appending) -> tuple[Any, ...]:
    return (
        folded.entry.entry_id,
        n,
        folded.entry.ledger_id,
        stay.stage,
        stay.unit_id,
        writing.category_ids.get(stay.category),
        stay.due_on,
        stay.hidden,
        stay.from_on,
        stay.known_on,
        stay.to_on,
        stay.unknown_on,
    )


def _delta_rows(writing: Appending) -> list[tuple[Any, ...]]:
    identifiers = iter(writing.delta_ids)
    return [
        (next(identifiers), *key, *(array("int", column) for column in zip(*_flat(places), strict=True)))
        for key, places in rows.cells(writing.deltas, writing.category_ids).items()
    ]


def _flat(places: Mapping[tuple[int, int], list[int]]) -> list[tuple[int, ...]]:
    return [(*place, *counts) for place, counts in places.items()]


def recorded_from(row: Sequence[Any]) -> Recorded:
    """The event of one row read in the order of READ_EVENTS."""
    kind, body, source = row[2], row[12], row[11]
    return Recorded(
        entry_id=row[0],
        version=row[1],
        event=codec.decode(kind, body),
        occurred_on=row[3],
        recorded_at=row[4],
        acted_by=row[5],
        typed_by=row[6],
        unit_id=row[7],
        typed_unit_id=row[8],
        post_id=row[9],
        playbook_sha=row[10],
        source=codec.decode_source(source),
        batch_id=row[13],
    )


READ_EVENTS = (
    "SELECT event.entry_id, event.version, event.kind, event.occurred_on, event.recorded_at, event.acted_by,"
    " event.typed_by, event.unit_id, event.typed_unit_id, event.post_id, event.playbook_sha, event.source,"
    " event.body, event.batch_id FROM event"
)


def registered(site_id: int, entry_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the ids that are an entry's already, whoever may see it."""
    with cursor() as database:
        database.execute(
            "SELECT entry_id FROM event WHERE site_id = %s AND entry_id = ANY(%s) AND version = 1",
            (site_id, list(entry_ids)),
        )
        return frozenset(row[0] for row in database)


def histories(
    site_id: int,
    entry_ids: Iterable[UUID],
    alias: str = "default",
    seen: tuple[str, list[Any]] | None = None,
) -> dict[UUID, list[Recorded]]:
    """The whole history of each entry, in the order of versions; with `seen` (a condition over `entry`,
    see `visibility`) of those alone that meet it."""
    parameters: list[Any] = [site_id, list(entry_ids)]
    condition = ""
    if seen is not None:
        condition = (
            " AND EXISTS (SELECT 1 FROM entry WHERE entry.site_id = event.site_id"
            f" AND entry.entry_id = event.entry_id AND {seen[0]})"
        )
        parameters += seen[1]
    found: dict[UUID, list[Recorded]] = {}
    with cursor(alias) as database:
        database.execute(
            f"{READ_EVENTS} WHERE event.site_id = %s AND event.entry_id = ANY(%s){condition}"
            " ORDER BY event.entry_id, event.version",
            parameters,
        )
        for row in database:
            recorded = recorded_from(row)
            found.setdefault(recorded.entry_id, []).append(recorded)
    return found
