"""The rules several verbs share. Each raises `Refused` with the refusal that names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from taizhang.core import fields
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.commands import Command
from taizhang.core.context import Context
from taizhang.core.entry import Entry
from taizhang.core.playbook import Field, Move, Playbook, Standing, Verb
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label, is_storable, listed, remarked

MOST_TEXT = 10_000
"""Characters in one free text; longer matter belongs into a file."""

_REASONS = {
    "responsible_post": Label("责任人", "the responsible post"),
    "overseeing_post": Label("分管领导", "the overseeing post"),
    "reason": Label("理由", "a reason"),
    "text": Label("情况说明", "an account of it"),
    "notice": Label("书面告知文号", "the number of the written notice"),
}
_SIDES = {"before": Label("整改前", "from before"), "after": Label("整改后", "from after")}


class Refused(Exception):
    """Carries a refusal out of a rule; never leaves `decide`."""

    def __init__(self, refusal: r.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """A move that may be made: `stage` is where the entry stands afterwards."""

    move: Move
    stage: str


def allowed(verb: Verb, entry: Entry, context: Context, **given: object) -> Checked:
    """The playbook's move for this verb at this stage, its roles and its needs met.

    `given` is what the command itself brings towards the needs (`due_on`, `text`, `reason` …).
    """
    playbook = context.playbook
    move = playbook.move(verb, entry.stage)
    if move is None:
        raise Refused(r.NotYourStage(playbook.stage_label(entry.stage)))
    if not any(has_role(role, entry, context) for role in move.who):
        raise Refused(r.NotYourDuty(playbook.role_words(move.who)))
    for need in move.needs:
        _met(need, entry, given)
    stage = move.to or entry.stage
    if stage != entry.stage:
        _filled(entry.fields, stage, playbook)
    return Checked(move, stage)


def has_role(role_key: str, entry: Entry, context: Context) -> bool:
    role = context.playbook.role_of[role_key]
    agent = context.actor.acting
    return role.duty in agent.duties and stands(role.standing, entry, context)


def stands(standing: Standing, entry: Entry, context: Context) -> bool:
    """Where the acting unit stands towards the entry; a section stands where its bureau does."""
    agent = context.actor.acting
    match standing:
        case "any" | "ledger":
            return True
        case "registering":
            return entry.registering_unit is None or entry.registering_unit in agent.line
        case "lead":
            return entry.lead_unit is not None and entry.lead_unit in agent.line
        case "assisting":
            return bool(agent.line & frozenset(entry.assisting_units))
        case "involved":
            return bool(agent.line & entry.working_units)
        case "above":
            if agent.unit_id is None or entry.lead_unit is None or agent.unit_id == entry.lead_unit:
                return False
            return agent.unit_id in context.units.line(entry.lead_unit)
        case "outside":
            return not agent.line & entry.working_units


def _met(need: str, entry: Entry, given: Mapping[str, object]) -> None:
    match need:
        case "due_on":
            if not (given.get("due_on") or entry.due_on):
                raise Refused(r.DueDateMissing())
        case "lead_unit":
            if not (given.get("lead_unit") or entry.lead_unit):
                raise Refused(r.LeadUnitMissing())
        case "responsible_post" | "overseeing_post":
            if given.get(need) is None and getattr(entry, need) is None:
                raise Refused(r.ReasonMissing(_REASONS[need]))
        case "reason" | "text" | "notice":
            if not str(given.get(need, "")).strip():
                raise Refused(r.ReasonMissing(_REASONS[need]))
        case "evidence":
            if not entry.evidence:
                raise Refused(r.EvidenceMissing(Label("至少一份", "at least one file")))
        case "before_after":
            missing = {"before", "after"} - {item.purpose for item in entry.evidence}
            if missing:
                raise Refused(r.EvidenceMissing(listed(_SIDES[item] for item in sorted(missing))))


def _filled(values: Mapping[str, Value], stage: str, playbook: Playbook) -> None:
    missing = [item.label for item in playbook.needed_at[stage] if item.key not in values]
    if missing:
        raise Refused(r.FieldMissing(listed(missing)))


def independent(entry: Entry, actor: Actor) -> None:
    """Verifier ≠ doer ≠ doer's unit, judged on acting and typing persons alike, whatever the playbook says.

    A unit below a working unit, or one that took its place, is on the same side (`Units.line`). Of a
    unit whose people only typed, it is that unit itself and its successor: an office at the root that
    records what townships tell it by telephone does not make every unit below it a doer.
    """
    for agent in (actor.acting, actor.typing):
        if agent.unit_id is None:
            raise Refused(r.NoUnit())
        if agent.person_id in entry.doers:
            raise Refused(r.VerifierIsDoer())
        own = agent.places or {agent.unit_id}
        if agent.line & entry.working_units or own & entry.typing_units:
            raise Refused(r.VerifierOfDoersUnit())


def checked_day(command: Command, context: Context, not_before: date | None = None) -> date:
    """The day the fact is for. A past day needs a source, and so does recording for another (代录)."""
    if command.source is not None:
        checked_text(command.source.note)
    actor = context.actor
    day = command.occurred_on or context.today
    if day > context.today:
        raise Refused(r.OccurredInTheFuture(day.isoformat()))
    if not_before is not None and day < not_before:
        raise Refused(r.OccurredBeforeLastChange(not_before.isoformat()))
    if day < context.today and command.source is None:
        raise Refused(r.SourceMissing(Label("补录以前日期的事项", "Something of a past day")))
    if actor.for_another:
        if not actor.typing.may_type_for_others:
            raise Refused(r.MayNotTypeForOthers())
        if command.source is None:
            raise Refused(r.SourceMissing(Label("代录", "Recording for another")))
    return day


def checked_due(due_on: date | None, day: date) -> date | None:
    """A due date given now must not lie before the day of the fact."""
    if due_on is not None and due_on < day:
        raise Refused(r.DueInThePast(due_on.isoformat()))
    return due_on


def checked_text(text: str, *, required: Label | None = None, most: int = MOST_TEXT) -> str:
    """The text as it will be kept; `required` names it in the refusal when it is empty."""
    if required is not None and not text.strip():
        raise Refused(r.ReasonMissing(required))
    if len(text) > most:
        raise Refused(r.TextTooLong(str(most)))
    if not is_storable(text):
        raise Refused(r.TextNotStorable())
    return text


def units_may_have(named: Iterable[int], units: Iterable[int], day: date, context: Context) -> None:
    """Each unit exists that day and is neither named by an accusation nor below a named unit."""
    hidden_from = frozenset(named)
    for unit in units:
        if not context.units.exists_on(unit, day):
            raise Refused(r.UnitNotInForce(context.units.name(unit)))
        if context.units.line(unit) & hidden_from:
            raise Refused(r.NamedUnitIsAssignee(context.units.name(unit)))


def post_may_answer(
    post_id: int | None,
    units: Iterable[int],
    day: date,
    context: Context,
    refusal: type[r.Refusal],
) -> None:
    """The post, where one is given, exists that day in one of these units; `refusal` names what it is not."""
    if post_id is None:
        return
    post = context.posts.get(post_id)
    if post is None or not post.exists_on(day) or post.unit_id not in units:
        raise Refused(refusal(post.name if post is not None else f"#{post_id}"))


def checked_value(item: Field, value: Value) -> Value:
    """A value as the field allows it; sealed fields only as references."""
    if item.is_sealed != isinstance(value, SealedRef):
        raise Refused(r.SealedInPlain(item.label) if item.is_sealed else r.FieldInvalid(item.label))
    problem = None if isinstance(value, SealedRef) else fields.problem_with(item, value)
    if problem is not None:
        raise Refused(r.FieldInvalid(remarked(item.label, problem)))
    return value


def checked_fields(values: Mapping[str, Value], playbook: Playbook) -> dict[str, Value]:
    known = playbook.field_of
    checked: dict[str, Value] = {}
    for key, value in values.items():
        item = known.get(key)
        if item is None:
            raise Refused(r.FieldUnknown(key))
        checked[key] = checked_value(item, value)
    return checked
