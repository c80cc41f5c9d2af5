"""登记: how an entry comes onto a ledger, by hand, from a sheet or as a part of another."""

from __future__ import annotations

from uuid import UUID

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.context import Context
from taizhang.core.entry import Entry
from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.core.rules import Refused, checked_day, checked_fields, checked_text, units_may_have
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
        ),
    )


def _starting_stage(command: c.RegisterEntry, playbook: Playbook) -> str:
    """The first stage, the one the playbook's sheets start at, or the claim; nothing else can be asked for.

    A door that could name any stage could register an entry as closed.
    """
    if command.closure_claimed:
        if command.stage not in ("", CLAIMED_STAGE):
            raise Refused(r.ClaimNeedsStage(command.stage))
        return CLAIMED_STAGE
    if command.stage in ("", playbook.first_stage):
        return playbook.first_stage
    if command.stage != playbook.sheet.starts_at:
        raise Refused(r.ClaimNeedsStage(command.stage))
    return command.stage


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
