"""The entry (条目) as its events have made it, and the fold that makes it.

`evolve` never reads a playbook, a clock or a table: an entry is what its events say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from taizhang.core import events as e
from taizhang.core.values import EvidenceRef, Fields, Flag, RowOrigin


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry's present state. `stage` is its one procedure state; `flags` stand beside it, dated.

    `doers` are everybody who worked on it, acting or typing; `doing_units` and `typing_units` the units
    they belonged to at the time; none of them may verify it. `closure_claimed` is an imported row's own
    word for being closed: a claim, never a closure. `moved_on` is the day the entry last changed its
    stage, unit, fields or flags; nothing recorded later may be for a day before it.
    """

    entry_id: UUID
    version: int
    ledger_id: int
    playbook_sha: str
    number: str
    stage: str
    stage_from_on: date
    stage_recorded_at: datetime
    moved_on: date
    registered_on: date
    registered_at: datetime
    registered_by: int
    registering_unit: int | None
    fields: Fields
    lead_unit: int | None = None
    assisting_units: tuple[int, ...] = ()
    responsible_post: int | None = None
    overseeing_post: int | None = None
    due_on: date | None = None
    closure_claimed: str = ""
    flags: Mapping[Flag, date] = field(default_factory=dict)
    named_units: tuple[int, ...] = ()
    doers: frozenset[int] = frozenset()
    doing_units: frozenset[int] = frozenset()
    typing_units: frozenset[int] = frozenset()
    done_on: date | None = None
    verified_on: date | None = None
    verified_by: int | None = None
    verifying_unit: int | None = None
    closed_on: date | None = None
    rework_count: int = 0
    return_count: int = 0
    proposed_unit: int | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    parent: UUID | None = None
    parts: tuple[UUID, ...] = ()
    for_another_count: int = 0
    origin: RowOrigin | None = None
    last_recorded: tuple[int, datetime] | None = None

    @property
    def is_accusation(self) -> bool:
        """检举控告 (信访工作条例 第三十条): hidden from the units it names."""
        return "accusation" in self.flags

    @property
    def working_units(self) -> frozenset[int]:
        """Every unit answering for the work now or having worked on it: the sides a verifier must not be on."""
        now = {*self.assisting_units} if self.lead_unit is None else {self.lead_unit, *self.assisting_units}
        return self.doing_units | now


def evolve(entry: Entry | None, recorded: e.Recorded) -> Entry:
    """The entry after one more event. Raises ValueError where the history itself is broken."""
    event = recorded.event
    if isinstance(event, e.EntryRegistered):
        if entry is not None:
            raise ValueError(f"{recorded.entry_id} is registered twice")
        return _registered(recorded, event)
    if entry is None:
        raise ValueError(f"{recorded.entry_id} begins with {type(event).__name__}")
    if recorded.version != entry.version + 1:
        raise ValueError(f"{recorded.entry_id}: version {recorded.version} follows {entry.version}")
    return _stamped(_applied(entry, recorded, event), recorded)


def replay(history: Iterable[e.Recorded], entry: Entry | None = None) -> Entry | None:
    """Fold a history, in the order of its versions."""
    for recorded in history:
        entry = evolve(entry, recorded)
    return entry


def _registered(recorded: e.Recorded, event: e.EntryRegistered) -> Entry:
    claims = bool(event.closure_claimed)
    people = {recorded.acted_by, recorded.typed_by} if claims else set()
    return Entry(
        entry_id=recorded.entry_id,
        version=recorded.version,
        ledger_id=event.ledger_id,
        playbook_sha=recorded.playbook_sha,
        number=event.number,
        stage=event.stage,
        stage_from_on=recorded.occurred_on,
        stage_recorded_at=recorded.recorded_at,
        moved_on=recorded.occurred_on,
        registered_on=recorded.occurred_on,
        registered_at=recorded.recorded_at,
        registered_by=recorded.acted_by,
        registering_unit=recorded.unit_id,
        fields=event.fields,
        lead_unit=event.lead_unit,
        assisting_units=event.assisting_units,
        due_on=event.due_on,
        closure_claimed=event.closure_claimed,
        flags=dict.fromkeys(event.flags, recorded.occurred_on),
        named_units=event.named_units,
        doers=frozenset(people),
        parent=event.parent,
        origin=event.origin,
        for_another_count=int(recorded.for_another),
        last_recorded=(recorded.acted_by, recorded.recorded_at),
    )


def _stamped(entry: Entry, recorded: e.Recorded) -> Entry:
    return replace(
        entry,
        version=recorded.version,
        for_another_count=entry.for_another_count + recorded.for_another,
        last_recorded=(recorded.acted_by, recorded.recorded_at),
    )


def _applied(entry: Entry, recorded: e.Recorded, event: e.Event) -> Entry:
    match event:
        case e.EntryRegistered():
            raise AssertionError("evolve handles the first event itself")
        case e.EntryAmended():
            return _amended(entry, recorded, event)
        case e.EntryAdmitted() | e.AdmissionDeclined() | e.EntryAccepted() | e.ClaimSentToVerification():
            return _at(entry, recorded, event.stage)
        case e.EntryAssigned():
            return _assigned(entry, recorded, event)
        case e.EntryClaimed():
            claimed = replace(
                entry,
                lead_unit=event.lead_unit,
                assisting_units=_without(event.lead_unit, entry.assisting_units),
                due_on=event.due_on or entry.due_on,
            )
            return _at(claimed, recorded, event.stage)
        case e.EntryReturned():
            return _returned(entry, recorded, event)
        case e.EntryTransferred():
            return _transferred(entry, recorded, event)
        case e.EntrySplit():
            return replace(entry, parts=(*entry.parts, *(part.entry_id for part in event.parts)))
        case e.ProgressReported():
            return _with_doers(entry, recorded)
        case e.EvidenceAttached():
            return _with_doers(replace(entry, evidence=(*entry.evidence, event.evidence)), recorded)
        case e.DoneReported():
            done = replace(_with_doers(entry, recorded), done_on=recorded.occurred_on)
            return _at(_unverified(done), recorded, event.stage)
        case e.VerificationPassed():
            return _verified(entry, recorded, event)
        case e.VerificationFailed():
            return _failed(entry, recorded, event)
        case e.EntryClosedOut():
            return _at(replace(entry, closed_on=recorded.occurred_on), recorded, event.stage)
        case e.EntryVoided():
            return _at(entry, recorded, event.stage)
        case e.CommentMade() | e.InstructionRecorded():
            return entry
        case e.FlagSet() | e.FlagCleared():
            return _flagged(entry, recorded, event)
        case _:
            assert_never(event)


def _amended(entry: Entry, recorded: e.Recorded, event: e.EntryAmended) -> Entry:
    after = {**entry.fields, **event.changes}
    return replace(
        entry,
        fields={key: value for key, value in after.items() if value is not None},
        due_on=event.due_on or entry.due_on,
        moved_on=recorded.occurred_on,
    )


def _assigned(entry: Entry, recorded: e.Recorded, event: e.EntryAssigned) -> Entry:
    assigned = replace(
        entry,
        lead_unit=event.lead_unit,
        assisting_units=event.assisting_units,
        responsible_post=event.responsible_post,
        overseeing_post=event.overseeing_post,
        due_on=event.due_on or entry.due_on,
        proposed_unit=None,
        done_on=None,
    )
    return _at(assigned, recorded, event.stage)


def _returned(entry: Entry, recorded: e.Recorded, event: e.EntryReturned) -> Entry:
    returned = replace(
        entry,
        lead_unit=None,
        assisting_units=(),
        responsible_post=None,
        overseeing_post=None,
        proposed_unit=event.proposed_unit,
        return_count=entry.return_count + 1,
        done_on=None,
    )
    return _at(returned, recorded, event.stage)


def _without(lead_unit: int, assisting_units: tuple[int, ...]) -> tuple[int, ...]:
    """A unit that leads from now on assists no longer."""
    return tuple(unit for unit in assisting_units if unit != lead_unit)


def _transferred(entry: Entry, recorded: e.Recorded, event: e.EntryTransferred) -> Entry:
    moved = replace(
        entry,
        lead_unit=event.lead_unit,
        assisting_units=_without(event.lead_unit, entry.assisting_units),
        responsible_post=None,
        overseeing_post=None,
        due_on=event.due_on or entry.due_on,
        moved_on=recorded.occurred_on,
    )
    return moved if event.stage is None else _at(replace(moved, done_on=None), recorded, event.stage)


def _verified(entry: Entry, recorded: e.Recorded, event: e.VerificationPassed) -> Entry:
    passed = replace(
        entry,
        verified_on=recorded.occurred_on,
        verified_by=recorded.acted_by,
        verifying_unit=recorded.unit_id,
    )
    return _at(passed, recorded, event.stage)


def _failed(entry: Entry, recorded: e.Recorded, event: e.VerificationFailed) -> Entry:
    failed = replace(
        _unverified(entry),
        done_on=None,
        rework_count=entry.rework_count + 1,
        due_on=event.due_on or entry.due_on,
    )
    return _at(failed, recorded, event.stage)


def _flagged(entry: Entry, recorded: e.Recorded, event: e.FlagSet | e.FlagCleared) -> Entry:
    flags = {flag: day for flag, day in entry.flags.items() if flag != event.flag}
    named: tuple[int, ...] = ()
    if isinstance(event, e.FlagSet):
        flags[event.flag] = recorded.occurred_on
        named = event.named_units
    return replace(
        entry,
        flags=flags,
        named_units=named if event.flag == "accusation" else entry.named_units,
        moved_on=recorded.occurred_on,
    )


def _at(entry: Entry, recorded: e.Recorded, stage: str) -> Entry:
    day = recorded.occurred_on
    return replace(
        entry, stage=stage, stage_from_on=day, stage_recorded_at=recorded.recorded_at, moved_on=day
    )


def _with_doers(entry: Entry, recorded: e.Recorded) -> Entry:
    return replace(
        entry,
        doers=entry.doers | {recorded.acted_by, recorded.typed_by},
        doing_units=_with(entry.doing_units, recorded.unit_id),
        typing_units=_with(entry.typing_units, recorded.typed_unit_id),
    )


def _with(units: frozenset[int], unit: int | None) -> frozenset[int]:
    return units if unit is None else units | {unit}


def _unverified(entry: Entry) -> Entry:
    return replace(entry, verified_on=None, verified_by=None, verifying_unit=None)
