"""The projections once more, folded straight from the events' JSON.

Written apart from `core.entry` and `ledger.folding` and importing neither, so that a mistake there
is not repeated here. It knows the sample playbook's stages and its category field, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from tests.ledger.office import rows

ENDS = {"closed", "declined", "void", "claimed"}

Place = tuple[str, int, int]
"""Stage, unit (0: none), category (0: none)."""


@dataclass
class Folded:
    """What the events of one entry add up to. A stay: stage, unit, category, due, hidden, from, known, to, unknown."""

    entry: dict[str, Any] = field(default_factory=dict)
    assisting: list[int] = field(default_factory=list)
    registering: int | None = None
    stays: list[list[Any]] = field(default_factory=list)


def folded(known_at: date | None = None) -> dict[UUID, Folded]:
    """Every entry, from the events recorded up to `known_at`."""
    events = rows(
        "SELECT entry_id, version, kind, occurred_on, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date,"
        " acted_by <> typed_by, unit_id, playbook_sha, body FROM event"
        " WHERE (recorded_at AT TIME ZONE 'Asia/Shanghai')::date <= %s ORDER BY entry_id, version",
        known_at or date.max,
    )
    return {entry_id: fold(history) for entry_id, history in groupby(events, key=lambda row: row[0])}


def fold(history: Iterable[tuple[Any, ...]]) -> Folded:
    so_far = Folded()
    for _, version, kind, day, known, for_another, unit, sha, body in history:
        if kind == "EntryRegistered":
            so_far.registering, so_far.assisting = unit, body.get("assisting_units", [])
            so_far.entry = begun(body, day, sha)
        entry = so_far.entry
        entry["version"] = version
        entry["for_another_count"] += for_another
        if kind != "EntryRegistered":
            applied(so_far, kind, body, day)
        stays(so_far, day, known)
    return so_far


def begun(body: dict[str, Any], day: date, sha: str) -> dict[str, Any]:
    origin = body.get("origin", {})
    return {
        "ledger_id": body["ledger_id"], "number": body["number"], "stage": body["stage"], "stage_from_on": day,
        "lead_unit_id": body.get("lead_unit"), "due_on": body.get("due_on"), "registered_on": day,
        "fields": body["fields"], "closure_claimed": body.get("closure_claimed", ""),
        "flags": {flag: str(day) for flag in body.get("flags", [])}, "named_units": body.get("named_units") or None,
        "rework_count": 0, "for_another_count": 0, "playbook_sha": sha, "parent_id": body.get("parent"),
        "source_key": origin.get("key"), "source_digest": origin.get("digest"),
    }  # fmt: skip


def applied(so_far: Folded, kind: str, body: dict[str, Any], day: date) -> None:
    entry = so_far.entry
    if body.get("stage"):
        entry |= {"stage": body["stage"], "stage_from_on": day}
    entry["due_on"] = body.get("due_on", entry["due_on"])
    entry["rework_count"] += kind == "VerificationFailed"
    if kind == "EntryAmended":
        entry["fields"] = {k: v for k, v in (entry["fields"] | body["changes"]).items() if v is not None}
    if kind in ("EntryAssigned", "EntryClaimed", "EntryTransferred"):
        entry["lead_unit_id"] = body["lead_unit"]
        before = body.get("assisting_units", []) if kind == "EntryAssigned" else so_far.assisting
        so_far.assisting = [unit for unit in before if unit != body["lead_unit"]]
    if kind == "EntryReturned":
        entry["lead_unit_id"], so_far.assisting = None, []
    if kind == "FlagSet":
        entry["flags"] = entry["flags"] | {body["flag"]: str(day)}
    if kind == "FlagCleared":
        entry["flags"] = {flag: since for flag, since in entry["flags"].items() if flag != body["flag"]}
    if body.get("flag") == "accusation":
        entry["named_units"] = body.get("named_units") or None


def stays(so_far: Folded, day: date, known: date) -> None:
    entry = so_far.entry
    place = [entry["stage"], entry["lead_unit_id"], entry["fields"].get("kind", ""), entry["due_on"]]
    hidden = "accusation" in entry["flags"]
    last = so_far.stays[-1] if so_far.stays else None
    if last is None or [*last[:4], last[4]] != [*place, hidden]:
        if last is not None:
            last[7:] = [day, known]
        so_far.stays.append([*place, hidden, day, known, None, None])
    for stay in so_far.stays:
        stay[4] = hidden


def parties(entries: dict[UUID, Folded], ledger_unit: int) -> set[tuple[int, UUID, str]]:
    found = set()
    for entry_id, item in entries.items():
        found |= {(unit, entry_id, "assisting") for unit in item.assisting}
        found.add((item.registering or ledger_unit, entry_id, "registering"))
        if item.entry["lead_unit_id"] is not None:
            found.add((item.entry["lead_unit_id"], entry_id, "lead"))
    return found


def place(stay: list[Any], categories: dict[str, int], stage: str | None = None) -> Place:
    return (stay[0] if stage is None else stage, stay[1] or 0, categories.get(stay[2], 0))


def hidden_now() -> set[UUID]:
    """Accusations are in no count of any day, whatever was known that day."""
    return {entry_id for entry_id, item in folded().items() if "accusation" in item.entry["flags"]}


def standing(day: date, known_at: date | None = None) -> Counter[Place]:
    """What stood at the end of the day, entry by entry; `""` is the open ledger."""
    categories = dict(rows("SELECT path, category_id FROM category"))
    counted: Counter[Place] = Counter()
    hidden = hidden_now()
    for entry_id, item in folded(known_at).items():
        for stay in item.stays:
            if entry_id not in hidden and stay[5] <= day and (stay[7] is None or day < stay[7]):
                counted[place(stay, categories)] += 1
                if stay[0] not in ENDS:
                    counted[place(stay, categories, "")] += 1
    return counted


def flows(first: date, last: date, known_at: date | None = None) -> tuple[Counter[Place], Counter[Place]]:
    """What entered and what left from the first to the last day."""
    categories = dict(rows("SELECT path, category_id FROM category"))
    came: Counter[Place] = Counter()
    went: Counter[Place] = Counter()
    hidden = hidden_now()
    for entry_id, item in folded(known_at).items():
        for before, stay in pairwise([None, *item.stays]):
            if stay is None or entry_id in hidden or not first <= stay[5] <= last:
                continue
            if before is None or before[0] != stay[0]:
                came[place(stay, categories)] += 1
                if before is not None:
                    went[place(before, categories)] += 1
            was_open, is_open = before is not None and before[0] not in ENDS, stay[0] not in ENDS
            if is_open and not was_open:
                came[place(stay, categories, "")] += 1
            if was_open and not is_open and before is not None:
                went[place(before, categories, "")] += 1
    return came, went
