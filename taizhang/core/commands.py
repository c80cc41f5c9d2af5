"""What people may ask for. Imperative; one class per verb. `decide` answers with events or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from taizhang.core.values import CellRemark, EvidenceRef, Flag, Part, RowOrigin, Source, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Common to all: `expected_version` refuses a decision taken on an older sight of the entry;
    `occurred_on` is the day the fact is for (default today); `source` what it rests on."""

    entry_id: UUID
    expected_version: int | None = None
    occurred_on: date | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry(Command):
    """登记. `fields` hold parsed values by field key; sealed ones are replaced by references before deciding.

    A row of a sheet brings its `origin`, the `remarks` written on its cells, and the `stage` it says it is in."""

    ledger_id: int
    fields: Mapping[str, Value]
    number: str = ""
    lead_unit: int | None = None
    assisting_units: tuple[int, ...] = ()
    due_on: date | None = None
    closure_claimed: str = ""
    flags: tuple[Flag, ...] = ()
    named_units: tuple[int, ...] = ()
    origin: RowOrigin | None = None
    stage: str = ""
    remarks: tuple[CellRemark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendEntry(Command):
    """更正/补充 fields; a value of None empties the field."""

    changes: Mapping[str, Value | None]
    due_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitEntry(Command):
    """受理: a legal act with written notice."""

    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineAdmission(Command):
    """不予受理: a legal act with written notice and reason."""

    reason: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignEntry(Command):
    """交办."""

    lead_unit: int
    assisting_units: tuple[int, ...] = ()
    responsible_post: int | None = None
    overseeing_post: int | None = None
    due_on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEntry(Command):
    """认领 out of a common pool: the acting unit becomes the lead unit."""

    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptEntry(Command):
    """签收."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEntry(Command):
    """退回, with the reason and the unit it should go to (None: unit unknown)."""

    reason: str
    proposed_unit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEntry(Command):
    """转办 to another lead unit. `reorganised` marks the transfers a reorganisation makes by itself."""

    lead_unit: int
    reason: str
    due_on: date | None = None
    reorganised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitEntry(Command):
    """拆分 into parts; the parent is done only when all parts are."""

    parts: tuple[Part, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProgress(Command):
    """整改措施 / 进展."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachEvidence(Command):
    """佐证. The content was stored and synced before this command was built."""

    evidence: EvidenceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDone(Command):
    """办结: the unit says it is finished."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassVerification(Command):
    """核查通过."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailVerification(Command):
    """核查不通过: sends back and counts as 返工."""

    reason: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOutEntry(Command):
    """销号."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidEntry(Command):
    """作废 (registered by mistake, duplicate); stays readable with its reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeComment(Command):
    """留言 beside the procedure."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInstruction(Command):
    """批示: word for word, with whose it is; never editable."""

    text: str
    by: str
    said_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFlag(Command):
    """Set a dated flag; 检举控告 names the units it is about."""

    flag: Flag
    named_units: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearFlag(Command):
    """Take a flag back, with the reason."""

    flag: Flag
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendClaimToVerification(Command):
    """A closure claimed before this platform is to be checked after all."""

    text: str = field(default="")


AnyCommand = (
    RegisterEntry
    | AmendEntry
    | AdmitEntry
    | DeclineAdmission
    | AssignEntry
    | ClaimEntry
    | AcceptEntry
    | ReturnEntry
    | TransferEntry
    | SplitEntry
    | ReportProgress
    | AttachEvidence
    | ReportDone
    | PassVerification
    | FailVerification
    | CloseOutEntry
    | VoidEntry
    | MakeComment
    | RecordInstruction
    | SetFlag
    | ClearFlag
    | SendClaimToVerification
)
