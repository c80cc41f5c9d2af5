"""May this be done, and what happens if it is? The one place for every rule of the loop.

`decide` answers a command with the events it causes or with the rule it breaks. It is pure, so
a refused command leaves no trace. Who may verify what is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.context import Context
from taizhang.core.entry import Entry
from taizhang.core.playbook import CLAIMED_STAGE, Verb
from taizhang.core.registering import register
from taizhang.core.rules import (
    Checked,
    Refused,
    allowed,
    checked_day,
    checked_due,
    checked_text,
    checked_value,
    independent,
    post_may_answer,
    units_may_have,
)
from taizhang.core.values import FLAGS, Value
from taizhang.core.wording import Label, listed

Decision = tuple[e.Event, ...] | r.Refusal


def decide(entry: Entry | None, command: c.AnyCommand, context: Context) -> Decision:
    """The events this command causes, or the refusal that names the broken rule."""
    try:
        if isinstance(command, c.RegisterEntry):
            if entry is not None:
                raise Refused(r.AlreadyRegistered())
            return register(command, context)
        actor = context.actor
        if entry is None or (actor.acting.line | actor.typing.line) & frozenset(entry.named_units):
            # The named unit learns nothing, not even that the entry exists.
            raise Refused(r.NoSuchEntry())
        _check_envelope(entry, command, context)
        return (_decided(entry, command, context),)
    except Refused as refused:
        return refused.refusal


def _decided(entry: Entry, command: c.AnyCommand, context: Context) -> e.Event:
    match command:
        case c.RegisterEntry():
            raise Refused(r.AlreadyRegistered())
        case c.AmendEntry():
            return _amend(entry, command, context)
        case c.AdmitEntry():
            return _admit(entry, command, context)
        case c.DeclineAdmission():
            return _decline(entry, command, context)
        case c.AssignEntry():
            return _assign(entry, command, context)
        case c.ClaimEntry():
            return _claim(entry, command, context)
        case c.AcceptEntry():
            return _accept(entry, context)
        case c.ReturnEntry():
            return _return(entry, command, context)
        case c.TransferEntry():
            return _transfer(entry, command, context)
        case c.SplitEntry():
            return _split(entry, command, context)
        case c.ReportProgress():
            return _progress(entry, command, context)
        case c.AttachEvidence():
            return _attach(entry, command, context)
        case c.ReportDone():
            return _report_done(entry, command, context)
        case c.PassVerification():
            return _pass(entry, command, context)
        case c.FailVerification():
            return _fail(entry, command, context)
        case c.CloseOutEntry():
            return _close_out(entry, command, context)
        case c.VoidEntry():
            return _void(entry, command, context)
        case c.MakeComment():
            return _comment(entry, command, context)
        case c.RecordInstruction():
            return _instruct(entry, command, context)
        case c.SetFlag():
            return _set_flag(entry, command, context)
        case c.ClearFlag():
            return _clear_flag(entry, command, context)
        case c.SendClaimToVerification():
            return _send_claim(entry, command, context)
        case _:
            assert_never(command)


def _check_envelope(entry: Entry, command: c.AnyCommand, context: Context) -> None:
    if command.expected_version is not None and command.expected_version != entry.version:
        raise Refused(r.StaleVersion(f"{command.expected_version} → {entry.version}"))
    checked_day(command, context, not_before=entry.moved_on)


def _amend(entry: Entry, command: c.AmendEntry, context: Context) -> e.Event:
    allowed("amend", entry, context)
    if command.due_on not in (None, entry.due_on) and "dispatch" not in context.actor.acting.duties:
        # A unit that could move its own date would never be late; extensions are granted, not taken.
        raise Refused(r.NotYourDuty(Label("有交办职责的岗位", "a post with the duty to assign")))
    changes = _changed(entry, command.changes, context)
    due_on = None if command.due_on == entry.due_on else command.due_on
    if not changes and due_on is None:
        raise Refused(r.NothingChanged())
    return e.EntryAmended(changes=changes, due_on=due_on, reason=checked_text(command.reason))


def _changed(entry: Entry, changes: Mapping[str, Value | None], context: Context) -> dict[str, Value | None]:
    """Only what differs from now; a field the present stage needs cannot be emptied."""
    playbook = context.playbook
    kept: dict[str, Value | None] = {}
    needed = playbook.needed_at.get(entry.stage, ())
    for key, value in changes.items():
        item = playbook.field_of.get(key)
        if item is None:
            raise Refused(r.FieldUnknown(key))
        if value is None and item in needed:
            raise Refused(r.FieldMissing(item.label))
        if value != entry.fields.get(key):
            kept[key] = None if value is None else checked_value(item, value)
    return kept


def _admit(entry: Entry, command: c.AdmitEntry, context: Context) -> e.Event:
    checked = allowed("admit", entry, context, notice=command.notice)
    return e.EntryAdmitted(stage=checked.stage, notice=checked_text(command.notice))


def _decline(entry: Entry, command: c.DeclineAdmission, context: Context) -> e.Event:
    checked = allowed("decline", entry, context, notice=command.notice, reason=command.reason)
    reason = checked_text(command.reason, required=Label("不予受理的理由", "the reason for declining"))
    return e.AdmissionDeclined(stage=checked.stage, reason=reason, notice=checked_text(command.notice))


def _assign(entry: Entry, command: c.AssignEntry, context: Context) -> e.Event:
    due_on = checked_due(command.due_on, command.occurred_on or context.today) or entry.due_on
    given = {"due_on": due_on, "lead_unit": command.lead_unit, "text": command.text}
    posts = {"responsible_post": command.responsible_post, "overseeing_post": command.overseeing_post}
    checked = allowed("assign", entry, context, **given, **posts)
    day = command.occurred_on or context.today
    units_may_have(entry.named_units, (command.lead_unit, *command.assisting_units), day, context)
    if command.lead_unit in command.assisting_units:
        raise Refused(r.LeadIsAlsoAssisting(context.units.name(command.lead_unit)))
    lead, above = {command.lead_unit}, context.units.line(command.lead_unit)
    post_may_answer(command.responsible_post, lead, day, context, r.ResponsiblePostElsewhere)
    post_may_answer(command.overseeing_post, above, day, context, r.OverseeingPostElsewhere)
    return e.EntryAssigned(
        stage=checked.stage,
        lead_unit=command.lead_unit,
        assisting_units=tuple(dict.fromkeys(command.assisting_units)),
        responsible_post=command.responsible_post,
        overseeing_post=command.overseeing_post,
        due_on=command.due_on,
        text=checked_text(command.text),
    )


def _claim(entry: Entry, command: c.ClaimEntry, context: Context) -> e.Event:
    unit = context.actor.acting.unit_id
    if unit is None:
        raise Refused(r.NoUnit())
    due_on = checked_due(command.due_on, command.occurred_on or context.today)
    checked = allowed("claim", entry, context, due_on=due_on or entry.due_on)
    units_may_have(entry.named_units, (unit,), command.occurred_on or context.today, context)
    return e.EntryClaimed(stage=checked.stage, lead_unit=unit, due_on=due_on)


def _accept(entry: Entry, context: Context) -> e.Event:
    return e.EntryAccepted(stage=allowed("accept", entry, context).stage)


def _return(entry: Entry, command: c.ReturnEntry, context: Context) -> e.Event:
    checked = allowed("return", entry, context, reason=command.reason)
    reason = checked_text(command.reason, required=Label("退回理由", "the reason for handing it back"))
    if command.proposed_unit is not None:
        units_may_have(entry.named_units, (command.proposed_unit,), context.today, context)
    return e.EntryReturned(stage=checked.stage, reason=reason, proposed_unit=command.proposed_unit)


def _transfer(entry: Entry, command: c.TransferEntry, context: Context) -> e.Event:
    reason = checked_text(command.reason, required=Label("转办理由", "the reason for the transfer"))
    day = command.occurred_on or context.today
    if command.lead_unit == entry.lead_unit:
        raise Refused(r.SameLeadUnit(context.units.name(command.lead_unit)))
    units_may_have(entry.named_units, (command.lead_unit,), day, context)
    due_on = checked_due(command.due_on, command.occurred_on or context.today)
    if command.reorganised and "administer" in context.actor.acting.duties:
        # A reorganisation moves open entries from wherever they stand, leaving them there.
        return e.EntryTransferred(
            stage=None, lead_unit=command.lead_unit, reason=reason, due_on=due_on, reorganised=True
        )
    checked = allowed("transfer", entry, context, reason=reason)
    return e.EntryTransferred(stage=checked.stage, lead_unit=command.lead_unit, reason=reason, due_on=due_on)


def _split(entry: Entry, command: c.SplitEntry, context: Context) -> e.Event:
    allowed("split", entry, context, reason=command.reason)
    reason = checked_text(command.reason, required=Label("拆分理由", "the reason for the split"))
    if len({part.entry_id for part in command.parts} - {entry.entry_id, *entry.parts}) < max(
        2, len(command.parts)
    ):
        raise Refused(r.PartsMissing())
    day = command.occurred_on or context.today
    for part in command.parts:
        checked_text(part.title, required=Label("各部分的名称", "the title of each part"), most=500)
        if part.lead_unit is not None:
            units_may_have(entry.named_units, (part.lead_unit,), day, context)
    return e.EntrySplit(parts=command.parts, reason=reason)


def _progress(entry: Entry, command: c.ReportProgress, context: Context) -> e.Event:
    _still_unverified(entry)
    allowed("progress", entry, context)
    return e.ProgressReported(text=checked_text(command.text, required=Label("进展情况", "what was done")))


def _attach(entry: Entry, command: c.AttachEvidence, context: Context) -> e.Event:
    _still_unverified(entry)
    allowed("attach", entry, context)
    checked_text(command.evidence.media_type, most=200)
    return e.EvidenceAttached(evidence=command.evidence)


def _report_done(entry: Entry, command: c.ReportDone, context: Context) -> e.Event:
    checked = allowed("report_done", entry, context, text=command.text)
    _parts_done(entry, context)
    return e.DoneReported(stage=checked.stage, text=checked_text(command.text))


def _parts_done(entry: Entry, context: Context) -> None:
    """A split entry is done, verified and struck off only when all its parts are done."""
    open_parts = [part for part in entry.parts if not _is_settled(context.parts.get(part), context)]
    if open_parts:
        names = (Label(context.parts[part].number) for part in open_parts if part in context.parts)
        raise Refused(r.PartsNotDone(listed(names)))


def _is_settled(part: Entry | None, context: Context) -> bool:
    if part is None:
        return False
    return part.done_on is not None or context.playbook.stage_of[part.stage].is_end


def _pass(entry: Entry, command: c.PassVerification, context: Context) -> e.Event:
    checked = _verifying("pass", entry, context, text=command.text)
    _parts_done(entry, context)
    return e.VerificationPassed(stage=checked.stage, text=checked_text(command.text))


def _fail(entry: Entry, command: c.FailVerification, context: Context) -> e.Event:
    checked = _verifying("fail", entry, context, reason=command.reason)
    due_on = checked_due(command.due_on, command.occurred_on or context.today)
    reason = checked_text(
        command.reason, required=Label("核查不通过的理由", "the reason why it does not pass")
    )
    return e.VerificationFailed(stage=checked.stage, reason=reason, due_on=due_on)


def _verifying(verb: Verb, entry: Entry, context: Context, **given: object) -> Checked:
    stage = context.playbook.stage_of.get(entry.stage)
    reported = entry.done_on is not None or entry.closure_claimed
    if stage is None or stage.kind != "done" or entry.verified_on is not None or not reported:
        raise Refused(r.NotReportedDone())
    # Ahead of the roles: whoever may verify elsewhere is told what stands against it here.
    independent(entry, context.actor)
    return allowed(verb, entry, context, **given)


def _close_out(entry: Entry, command: c.CloseOutEntry, context: Context) -> e.Event:
    checked = allowed("close_out", entry, context, text=command.text)
    if context.actor.acting.unit_id is None or context.actor.typing.unit_id is None:
        raise Refused(r.NoUnit())
    if entry.verified_on is None:
        raise Refused(r.NotVerified())
    _parts_done(entry, context)
    return e.EntryClosedOut(stage=checked.stage, text=checked_text(command.text))


def _void(entry: Entry, command: c.VoidEntry, context: Context) -> e.Event:
    checked = allowed("void", entry, context, reason=command.reason)
    return e.EntryVoided(
        stage=checked.stage,
        reason=checked_text(command.reason, required=Label("作废理由", "the reason for voiding it")),
    )


def _comment(entry: Entry, command: c.MakeComment, context: Context) -> e.Event:
    allowed("comment", entry, context)
    return e.CommentMade(text=checked_text(command.text, required=Label("内容", "the text")))


def _instruct(entry: Entry, command: c.RecordInstruction, context: Context) -> e.Event:
    allowed("instruct", entry, context)
    if command.said_on is not None and command.said_on > context.today:
        raise Refused(r.OccurredInTheFuture(command.said_on.isoformat()))
    return e.InstructionRecorded(
        text=checked_text(command.text, required=Label("批示原文", "the words of the instruction")),
        by=checked_text(command.by, required=Label("批示人", "who gave the instruction"), most=200),
        said_on=command.said_on,
    )


def _set_flag(entry: Entry, command: c.SetFlag, context: Context) -> e.Event:
    allowed("flag", entry, context)
    if command.flag in entry.flags:
        raise Refused(r.FlagAlreadySet(Label(*FLAGS[command.flag])))
    named = command.named_units if command.flag == "accusation" else ()
    parts = (context.parts[part] for part in entry.parts if part in context.parts)
    for unit in (unit for item in (entry, *parts) for unit in (item.lead_unit, *item.assisting_units)):
        if unit is not None and context.units.line(unit) & frozenset(named):
            raise Refused(r.NamedUnitWorksOnIt(context.units.name(unit)))
    return e.FlagSet(flag=command.flag, named_units=named, note=checked_text(command.note))


def _clear_flag(entry: Entry, command: c.ClearFlag, context: Context) -> e.Event:
    allowed("flag", entry, context)
    if command.flag not in entry.flags:
        raise Refused(r.FlagNotSet(Label(*FLAGS[command.flag])))
    return e.FlagCleared(
        flag=command.flag,
        reason=checked_text(command.reason, required=Label("取消理由", "the reason for clearing the flag")),
    )


def _send_claim(entry: Entry, command: c.SendClaimToVerification, context: Context) -> e.Event:
    if entry.stage != CLAIMED_STAGE:
        raise Refused(r.NotYourStage(context.playbook.stage_label(entry.stage)))
    checked = allowed("send_claim", entry, context)
    return e.ClaimSentToVerification(stage=checked.stage, text=checked_text(command.text))


def _still_unverified(entry: Entry) -> None:
    if entry.verified_on is not None:
        raise Refused(r.AlreadyVerified())
