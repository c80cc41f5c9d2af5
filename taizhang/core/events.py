"""What has happened. Past tense; append-only; the only truth. Every other table can be rebuilt from these.

Events carry the stage they lead to (`stage`, None when the stage stays), so that replay never
has to read a playbook. No event holds personal data: see `values.SealedRef`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from taizhang.core.values import (
    CellRemark,
    EvidenceRef,
    Fields,
    Flag,
    Part,
    RowOrigin,
    Source,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRegistered:
    ledger_id: int
    number: str
    stage: str
    fields: Fields
    lead_unit: int | None = None
    assisting_units: tuple[int, ...] = ()
    due_on: date | None = None
    closure_claimed: str = ""
    flags: tuple[Flag, ...] = ()
    named_units: tuple[int, ...] = ()
    origin: RowOrigin | None = None
    parent: UUID | None = None
    remarks: tuple[CellRemark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAmended:
    changes: dict[str, Value | None]
    due_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAdmitted:
    stage: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionDeclined:
    stage: str
    reason: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAssigned:
    stage: str
    lead_unit: int
    assisting_units: tuple[int, ...] = ()
    responsible_post: int | None = None
    overseeing_post: int | None = None
    due_on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryClaimed:
    stage: str
    lead_unit: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAccepted:
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReturned:
    stage: str
    reason: str
    proposed_unit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTransferred:
    stage: str | None
    lead_unit: int
    reason: str
    due_on: date | None = None
    reorganised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySplit:
    parts: tuple[Part, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReported:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAttached:
    evidence: EvidenceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneReported:
    stage: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPassed:
    stage: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFailed:
    stage: str
    reason: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryClosedOut:
    stage: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVoided:
    stage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMade:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionRecorded:
    text: str
    by: str
    said_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSet:
    flag: Flag
    named_units: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCleared:
    flag: Flag
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSentToVerification:
    stage: str
    text: str = ""


Event = (
    EntryRegistered
    | EntryAmended
    | EntryAdmitted
    | AdmissionDeclined
    | EntryAssigned
    | EntryClaimed
    | EntryAccepted
    | EntryReturned
    | EntryTransferred
    | EntrySplit
    | ProgressReported
    | EvidenceAttached
    | DoneReported
    | VerificationPassed
    | VerificationFailed
    | EntryClosedOut
    | EntryVoided
    | CommentMade
    | InstructionRecorded
    | FlagSet
    | FlagCleared
    | ClaimSentToVerification
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its envelope: two times, two people, and what the fact rests on.

    `occurred_on` is the day in the site's zone the fact is for, `recorded_at` when it was written.
    """

    entry_id: UUID
    version: int
    event: Event
    occurred_on: date
    recorded_at: datetime
    acted_by: int
    typed_by: int
    unit_id: int | None
    typed_unit_id: int | None
    post_id: int | None
    playbook_sha: str
    batch_id: UUID
    source: Source | None = None

    @property
    def for_another(self) -> bool:
        """代录: entered by somebody other than the one who acted."""
        return self.acted_by != self.typed_by
