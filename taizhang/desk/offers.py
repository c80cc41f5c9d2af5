"""Which moves an entry's page offers, and why the others cannot be made now.

Each is asked of `core.decide` itself, by a command with everything it may need; what is refused
then is what the person cannot cure by filling in the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.decide import decide
from taizhang.core.refusals import NothingChanged, NotYourDuty, Refusal
from taizhang.core.units import PostSpan
from taizhang.core.values import FLAGS, Part, Source
from taizhang.desk.inputs import Input, envelope_inputs, inputs_of
from taizhang.desk.posted import stand_in
from taizhang.desk.sight import Sight
from taizhang.ledger.identity import new_id

UNFLAG = "unflag"
FIRST = (
    "accept", "report_done", "pass", "close_out", "admit", "assign", "claim", "send_claim",
    "progress", "attach", "amend",
)  # fmt: skip
"""The order of the forms: what moves the entry on comes first."""
_SOME_POST = 0
"""A post of whatever unit is tried: nobody is to be told that a post he has yet to type is missing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A move at the entry's present stage: a form, or (`why`) the reason there is none. `for_another`: not this
    person's to make, but to record for whoever made it (代录)."""

    verb: str
    label: str
    inputs: tuple[Input, ...]
    envelope: tuple[Input, ...]
    key: str
    why: str = ""
    problem: str = ""
    for_another: bool = False

    @property
    def has_form(self) -> bool:
        return not self.why or self.for_another

    @property
    def has_envelope(self) -> bool:
        """Whether something was typed into the part of the form that is folded."""
        return any(one.value or one.problem for one in self.envelope)

    @property
    def has_file(self) -> bool:
        return any(one.kind == "file" for one in self.inputs)


def offers_of(sight: Sight) -> list[Offer]:
    """All moves of the present stage, those that can be made first."""
    return sorted(_offers(sight), key=lambda offer: (bool(offer.why), _rank(offer.verb)))


def _rank(verb: str) -> int:
    return FIRST.index(verb) if verb in FIRST else len(FIRST)


def _offers(sight: Sight) -> Iterator[Offer]:
    entry, playbook = sight.entry, sight.playbook
    for move in playbook.moves:
        if entry.stage not in move.from_stages or move.verb == "register":
            continue
        yield _offer(sight, move.verb, sight.asking.word(move.label))
        if move.verb == "flag" and entry.flags:
            yield _offer(sight, UNFLAG, _("取消标记"))


def _offer(sight: Sight, verb: str, label: str) -> Offer:
    asking, entry = sight.asking, sight.entry
    refusal = refused(sight, verb, asking.actor)
    why = asking.word(refusal.message) if refusal is not None else ""
    for_another = isinstance(refusal, NotYourDuty) and asking.agent.may_type_for_others
    if why and not for_another:
        return Offer(verb, label, (), (), "", why)
    inputs = inputs_of(verb, asking, sight.playbook, entry.stage, entry.fields)
    envelope = envelope_inputs(asking, for_another=for_another)
    key = str(new_id())
    return Offer(verb, label, tuple(inputs), tuple(envelope), key, why, for_another=for_another)


def refused(sight: Sight, verb: str, actor: Actor) -> Refusal | None:
    """Why this actor cannot make this move now; None where it can be made."""
    command = _complete(verb, sight)
    if command is None:
        return None
    context = replace(sight.context, actor=actor)
    if isinstance(command, c.AssignEntry):
        context = replace(context, posts={_SOME_POST: PostSpan(_SOME_POST, "", command.lead_unit)})
    decision = decide(sight.entry, command, context)
    # What is to change is typed into the form; until then nothing does.
    return decision if isinstance(decision, Refusal) and not isinstance(decision, NothingChanged) else None


def _complete(verb: str, sight: Sight) -> c.AnyCommand | None:
    entry = sight.entry
    given: dict[str, Any] = {"entry_id": entry.entry_id, "source": Source("document")}
    due, unit = sight.asking.today + timedelta(days=1), _some_unit(sight)
    parts = (Part(new_id(), "一"), Part(new_id(), "二"))
    unset = next((flag for flag in FLAGS if flag not in entry.flags and flag != "accusation"), None)
    made: dict[str, c.AnyCommand | None] = {
        "admit": c.AdmitEntry(notice="一", **given),
        "decline": c.DeclineAdmission(reason="一", notice="一", **given),
        "assign": c.AssignEntry(
            lead_unit=unit,
            responsible_post=_SOME_POST,
            overseeing_post=_SOME_POST,
            due_on=due,
            text="一",
            **given,
        ),
        "claim": c.ClaimEntry(due_on=due, **given),
        "accept": c.AcceptEntry(**given),
        "return": c.ReturnEntry(reason="一", **given),
        "transfer": c.TransferEntry(lead_unit=unit, reason="一", due_on=due, **given),
        "split": c.SplitEntry(parts=parts, reason="一", **given),
        "progress": c.ReportProgress(text="一", **given),
        "attach": c.AttachEvidence(evidence=stand_in(), **given),
        "report_done": c.ReportDone(text="一", **given),
        "pass": c.PassVerification(text="一", **given),
        "fail": c.FailVerification(reason="一", due_on=due, **given),
        "close_out": c.CloseOutEntry(text="一", **given),
        "void": c.VoidEntry(reason="一", **given),
        "comment": c.MakeComment(text="一", **given),
        "instruct": c.RecordInstruction(text="一", by="一", **given),
        "send_claim": c.SendClaimToVerification(text="一", **given),
        "flag": c.SetFlag(flag=unset or "accusation", **given),
        UNFLAG: c.ClearFlag(flag=next(iter(entry.flags), "carried"), reason="一", **given),
        "amend": c.AmendEntry(changes={}, **given),
    }
    return made.get(verb)


def _some_unit(sight: Sight) -> int:
    """A unit in force that could take the entry: not its own, not named by an accusation."""
    units, entry = sight.asking.units, sight.entry
    named = frozenset(entry.named_units)
    fit = (
        span.unit_id
        for span in units.spans.values()
        if span.unit_id != entry.lead_unit
        and span.exists_on(sight.asking.today)
        and not units.line(span.unit_id) & named
    )
    return next(fit, 0)


def shown_again(offer: Offer, typed: Mapping[str, str], problems: Mapping[str, str], problem: str) -> Offer:
    """The form as it was typed, with what is wrong beside it."""

    def again(one: Input) -> Input:
        return replace(one, value=typed.get(one.name, one.value), problem=problems.get(one.name, ""))

    inputs, envelope = tuple(map(again, offer.inputs)), tuple(map(again, offer.envelope))
    return replace(offer, inputs=inputs, envelope=envelope, problem=problem)
