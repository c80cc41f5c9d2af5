"""The columns of the projections, computed from a fold. No SQL here, no rules either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from taizhang.core.codec import canonical, plain
from taizhang.core.entry import Entry
from taizhang.core.pinyin import sort_key
from taizhang.core.playbook import Playbook
from taizhang.ledger.folding import Delta

ENTRY_COLUMNS = {
    "entry_id": "uuid",
    "ledger_id": "int",
    "version": "int",
    "number": "text",
    "stage": "text",
    "stage_from_on": "date",
    "lead_unit_id": "bigint",
    "category_id": "int",
    "due_on": "date",
    "registered_on": "date",
    "title": "text",
    "sort_key": "text",
    "fields": "text",
    "closure_claimed": "text",
    "flags": "text",
    "named_units": "text",
    "rework_count": "int",
    "for_another_count": "int",
    "playbook_sha": "text",
    "source_key": "bytea",
    "source_digest": "bytea",
    "parent_id": "uuid",
    "responsible_post_id": "bigint",
    "overseeing_post_id": "bigint",
}
"""Column → the type its array is sent as; what is sent as text is converted by `store`."""


def title_of(entry: Entry, playbook: Playbook) -> str:
    """What a list calls the entry: its title, else its handling summary, else its number."""
    for what in ("title", "summary"):
        field = playbook.field_standing_for(what)
        value = entry.fields.get(field.key) if field is not None else None
        if isinstance(value, str) and value:
            return value
    return entry.number


def entry_row(entry: Entry, playbook: Playbook, category_ids: Mapping[str, int]) -> tuple[Any, ...]:
    """One row in the order of ENTRY_COLUMNS."""
    title = title_of(entry, playbook)
    category = category_of(entry, playbook)
    return (
        entry.entry_id,
        entry.ledger_id,
        entry.version,
        entry.number,
        entry.stage,
        entry.stage_from_on,
        entry.lead_unit,
        category_ids.get(category) if category else None,
        entry.due_on,
        entry.registered_on,
        title,
        sort_key(title[:40]),
        canonical(plain(entry.fields)),
        entry.closure_claimed,
        canonical(plain(entry.flags)),
        "{" + ",".join(map(str, entry.named_units)) + "}" if entry.named_units else None,
        entry.rework_count,
        entry.for_another_count,
        entry.playbook_sha,
        bytes.fromhex(entry.origin.key) if entry.origin is not None else None,
        bytes.fromhex(entry.origin.digest) if entry.origin is not None else None,
        entry.parent,
        entry.responsible_post,
        entry.overseeing_post,
    )


def category_of(entry: Entry, playbook: Playbook) -> str:
    field = playbook.field_standing_for("category")
    value = entry.fields.get(field.key) if field is not None else None
    return value if isinstance(value, str) else ""


def parties(entry: Entry, ledger_unit: int) -> frozenset[tuple[int, str]]:
    """Units with a part in the entry; what nobody answers for yet belongs to the unit that keeps the ledger."""
    found = {(unit, "assisting") for unit in entry.assisting_units}
    if entry.lead_unit is not None:
        found.add((entry.lead_unit, "lead"))
    found.add((entry.registering_unit or ledger_unit, "registering"))
    return frozenset(found)


PARTY_FACTS = {
    "stage": "text",
    "lead_unit_id": "bigint",
    "category_id": "int",
    "due_on": "date",
    "registered_on": "date",
    "accusation": "bool",
}
"""What of an entry stands with each of its parties again, so that a unit's lists are read off its own parties alone."""


def party_facts(entry: Entry, playbook: Playbook, category_ids: Mapping[str, int]) -> tuple[Any, ...]:
    """In the order of PARTY_FACTS."""
    category_id = category_ids.get(category_of(entry, playbook))
    return entry.stage, entry.lead_unit, category_id, entry.due_on, entry.registered_on, entry.is_accusation


CellKey = tuple[int, Any, Any, str]


def cells(
    deltas: Iterable[Delta], category_ids: Mapping[str, int]
) -> dict[CellKey, dict[tuple[int, int], list[int]]]:
    """Deltas summed per (ledger, day, known day, stage) and (unit, category): [in, out, shift]; zeros dropped."""
    summed: dict[CellKey, dict[tuple[int, int], list[int]]] = defaultdict(dict)
    for delta in deltas:
        cell = summed[delta.ledger_id, delta.day, delta.known_day, delta.stage]
        place = (delta.unit_id, category_ids.get(delta.category, 0))
        counts = cell.setdefault(place, [0, 0, 0])
        counts[0] += delta.n_in
        counts[1] += delta.n_out
        counts[2] += delta.n_shift
    return {
        key: kept
        for key, places in summed.items()
        if (kept := {place: counts for place, counts in places.items() if any(counts)})
    }
