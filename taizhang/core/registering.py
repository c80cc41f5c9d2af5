"""登记: how an entry comes onto a ledger, by hand, from a sheet or as a part of another."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.context import Context
from taizhang.core.entry import Entry
from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.core.rules import Refused, checked_day, checked_fields, checked_text, units_may_have
from taizhang.core.values import Value
from taizhang.core.wording import listed


def register(command: c.RegisterEntry, context: Context) -> tuple[e.Event, ...]:
    """The registration, as an open entry or as a claim to have been closed before (历史销号)."""
    playbook = context.playbook
    duties = {playbook.role_of[role].duty for role in playbook.register_move.who}
    if not duties & context.actor.acting.duties:
        raise Refused(r.NotYourDuty(playbook.role_words(playbook.register_move.who)))
    day = checked_day(command, context)
    values = checked_fields(command.fields, playbook)
    missing = [item.label for item in playbook.fields if item.required and item.key not in values]
    if missing:
        raise Refused(r.FieldMissing(listed(missing)))
    if command.origin is not None:
        checked_text(command.origin.file + command.origin.sheet)
    for remark in command.remarks:
        checked_text(remark.text)
        checked_text(remark.cell + remark.author, most=500)
    leads = () if command.lead_unit is None else (command.lead_unit,)
    units_may_have(command.named_units, (*leads, *command.assisting_units), day, context)
    return (
        e.EntryRegistered(
            ledger_id=command.ledger_id,
            number=command.number,
            stage=_starting_stage(command, playbook),
            fields=values,
            lead_unit=command.lead_unit,
            assisting_units=tuple(u for u in command.assisting_units if u != command.lead_unit),
            due_on=None if command.closure_claimed else command.due_on,
            closure_claimed=checked_text(command.closure_claimed, most=500),
            flags=command.flags,
            named_units=command.named_units if "accusation" in command.flags else (),
            origin=command.origin,
            remarks=command.remarks,
        ),
    )


def _starting_stage(command: c.RegisterEntry, playbook: Playbook) -> str:
    """The first stage, the one the playbook's sheets start at, what a row says it is in, or the claim.

    A door that could name any stage could register an entry as closed. A row of a sheet is believed as far as
    a stage before the work is reported done: the report and the verification have still to happen here.
    """
    if command.closure_claimed:
        if command.stage not in ("", CLAIMED_STAGE):
            raise Refused(r.ClaimNeedsStage(command.stage))
        return CLAIMED_STAGE
    if command.stage in ("", playbook.first_stage):
        return playbook.first_stage
    if command.stage != playbook.sheet.starts_at:
        if command.origin is None:
            raise Refused(r.ClaimNeedsStage(command.stage))
        refusal = may_stand_at(command.stage, command.fields, command.lead_unit, playbook)
        if refusal is not None:
            raise Refused(refusal)
    return command.stage


def may_stand_at(
    stage_key: str, values: Mapping[str, Value], lead_unit: int | None, playbook: Playbook
) -> r.Refusal | None:
    """Why a row of a sheet cannot come in at this stage: too late a one, nobody answers, or a field is missing."""
    if stage_key not in playbook.stages_before_done:
        return r.ClaimNeedsStage(stage_key)
    if lead_unit is None:
        return r.LeadUnitMissing()
    missing = [item.label for item in playbook.needed_at[stage_key] if item.key not in values]
    return r.FieldMissing(listed(missing)) if missing else None


def part_registrations(
    parent: Entry, event: e.EntrySplit, playbook: Playbook
) -> list[tuple[UUID, e.EntryRegistered]]:
    """The registrations a split causes: each part starts afresh, with the parent's facts under its own title.

    Sealed values are shared by reference: they belong to the same person.
    """
    title = playbook.field_standing_for("title")
    already = len(parent.parts)
    return [
        (
            part.entry_id,
            e.EntryRegistered(
                ledger_id=parent.ledger_id,
                number=f"{parent.number}-{already + index}",
                stage=playbook.first_stage,
                fields={**parent.fields, title.key: part.title} if title is not None else parent.fields,
                lead_unit=part.lead_unit,
                due_on=parent.due_on,
                flags=("accusation",) if parent.is_accusation else (),
                named_units=parent.named_units,
                parent=parent.entry_id,
            ),
        )
        for index, part in enumerate(event.parts, start=1)
    ]
