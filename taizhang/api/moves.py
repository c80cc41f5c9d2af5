"""Moves: named commands on one entry. Its stage is never written, only reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field as Limited

from taizhang.api.answers import answer, etag
from taizhang.api.caller import caller
from taizhang.api.contents import Contents, ShownRemark, read_contents
from taizhang.api.entries import visible
from taizhang.api.inputs import Given, Id, ShortText, Text, refuse_unknown
from taizhang.api.problems import AT_FAULT, FaultAt, Problem, troubles
from taizhang.api.writing import GivenSource, KeyHeader, VersionHeader, Written, carry_out, expected_version
from taizhang.core import commands as c
from taizhang.core.values import Flag, Part
from taizhang.core.wording import Label
from taizhang.ledger import ledgers
from taizhang.ledger.asking import Asking
from taizhang.ledger.identity import new_id

router = Router(tags=["entries"])

MoveVerb = Literal[
    "amend",
    "admit",
    "decline",
    "assign",
    "claim",
    "accept",
    "return",
    "transfer",
    "split",
    "progress",
    "report_done",
    "pass",
    "fail",
    "close_out",
    "void",
    "comment",
    "instruct",
    "flag",
    "unflag",
    "send_claim",
]
COMMANDS: Mapping[MoveVerb, type[Any]] = {
    "amend": c.AmendEntry,
    "admit": c.AdmitEntry,
    "decline": c.DeclineAdmission,
    "assign": c.AssignEntry,
    "claim": c.ClaimEntry,
    "accept": c.AcceptEntry,
    "return": c.ReturnEntry,
    "transfer": c.TransferEntry,
    "split": c.SplitEntry,
    "progress": c.ReportProgress,
    "report_done": c.ReportDone,
    "pass": c.PassVerification,
    "fail": c.FailVerification,
    "close_out": c.CloseOutEntry,
    "void": c.VoidEntry,
    "comment": c.MakeComment,
    "instruct": c.RecordInstruction,
    "flag": c.SetFlag,
    "unflag": c.ClearFlag,
    "send_claim": c.SendClaimToVerification,
}
"""Verb → what it commands; `flag` sets and `unflag` clears. Files have an address of their own."""
_NOT_FOR_THIS = Label("这一步没有这一项", "this move takes no such thing")
_MISSING = Label("缺少这一项", "is missing")


class GivenPart(Given):
    """One part of a split."""

    title: ShortText
    lead_unit: Id | None = None


class Move(Given):
    """What a move says. Each verb takes some of these and refuses the others; `changes` are field contents, null
    empties a field; `acted_by` is the person this is recorded for (代录), which needs a `source`."""

    occurred_on: date | None = None
    source: GivenSource | None = None
    acted_by: Id | None = None
    changes: Contents | None = None
    due_on: date | None = None
    reason: Text | None = None
    text: Text | None = None
    note: Text | None = None
    notice: Text | None = None
    lead_unit: Id | None = None
    assisting_units: Annotated[list[Id], Limited(max_length=100)] | None = None
    responsible_post: Id | None = None
    overseeing_post: Id | None = None
    proposed_unit: Id | None = None
    parts: Annotated[list[GivenPart], Limited(max_length=100)] | None = None
    by: ShortText | None = None
    said_on: date | None = None
    flag: Flag | None = None
    named_units: Annotated[list[Id], Limited(max_length=100)] | None = None


@router.post(
    "/entries/{uuid:entry_id}/moves/{verb}",
    response={200: Written, **troubles(404, 409, 412, 413, 428)},
    url_name="moves",
)
def make_move(
    request: HttpRequest,
    entry_id: UUID,
    verb: MoveVerb,
    given: Move,
    if_match: VersionHeader = None,
    idempotency_key: KeyHeader = None,
) -> HttpResponse:
    """Make one move on the entry the caller saw at the version of If-Match."""
    refuse_unknown(request, ())
    asking = caller(request)
    version = expected_version(if_match)
    said = given.model_dump(exclude_none=True, exclude={"acted_by", "changes", "source", "parts"})
    remarks = _put_in(said, given, entry_id, asking)
    command = _command(verb, {**said, "entry_id": entry_id, "expected_version": version})
    done = carry_out(command, asking, idempotency_key, acted_by=given.acted_by, remarks=remarks)
    return answer(done, ETag=etag(done.version))


def _put_in(said: dict[str, Any], given: Move, entry_id: UUID, asking: Asking) -> list[ShownRemark]:
    """What the core has shapes of its own for."""
    if given.source is not None:
        said["source"] = given.source.plain()
    if given.parts is not None:
        said["parts"] = [Part(new_id(), part.title, part.lead_unit) for part in given.parts]
    if given.changes is None:
        return []
    playbook = ledgers.playbook(visible(entry_id, asking).playbook_sha)
    read = read_contents(given.changes, playbook, asking.today, "body.changes")
    said["changes"] = read.values
    return read.remarks


def _command(verb: MoveVerb, said: Mapping[str, Any]) -> c.AnyCommand:
    """The command of a verb. Raises Problem with everything missing and everything it does not take."""
    kind = COMMANDS[verb]
    known = {item.name: item for item in fields(kind)}
    required = {name for name, item in known.items() if item.default is MISSING}
    faults = [
        FaultAt.of(f"body.{name}", "not_for_this_move", _NOT_FOR_THIS) for name in said.keys() - known.keys()
    ]
    faults += [FaultAt.of(f"body.{name}", "missing", _MISSING) for name in required - said.keys()]
    if faults:
        raise Problem(422, *AT_FAULT, at=sorted(faults, key=lambda fault: fault.where))
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    command: c.AnyCommand = kind(**plain)
    return command
