"""Finer points of who may verify whom, and of who may move a due date."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core.actor import Actor
from taizhang.core.decide import decide
from taizhang.core.entry import Entry, evolve
from taizhang.core.refusals import Refusal
from taizhang.core.values import Source
from tests.samples import LEDGER, NOW, TODAY, agent, alone, context, playbook

BY_PHONE = Source("telephone", "电话报来")
CITY_CLERK, TOWN, CITY_OTHER, OFFICE = agent(1, 1), agent(2, 11), agent(3, 1), agent(4, 30)


def lived(*steps: tuple[c.AnyCommand, Actor]) -> Entry:
    entry: Entry | None = None
    for version, (command, actor) in enumerate(steps, start=1):
        decision = decide(entry, command, context(actor))
        assert not isinstance(decision, Refusal), decision.message
        (event,) = decision
        entry = evolve(entry, recorded(command, event, actor, version))
    assert entry is not None
    return entry


def recorded(command: c.AnyCommand, event: e.Event, actor: Actor, version: int) -> e.Recorded:
    return e.Recorded(
        entry_id=command.entry_id,
        version=version,
        event=event,
        occurred_on=TODAY,
        recorded_at=NOW,
        acted_by=actor.acting.person_id,
        typed_by=actor.typing.person_id,
        unit_id=actor.acting.unit_id,
        typed_unit_id=actor.typing.unit_id,
        post_id=None,
        playbook_sha=playbook().sha,
        batch_id=uuid4(),
        source=command.source,
    )


def told_by_telephone() -> Entry:
    """A township's work, which a clerk of the city's own office typed."""
    entry_id, typed = uuid4(), Actor(TOWN, CITY_CLERK)
    return lived(
        (
            c.RegisterEntry(entry_id=entry_id, ledger_id=LEDGER, fields={"title": "路灯", "measure": "修"}),
            alone(9, 1),
        ),
        (c.AssignEntry(entry_id=entry_id, lead_unit=11, due_on=TODAY), alone(9, 1)),
        (c.AcceptEntry(entry_id=entry_id), Actor.alone(TOWN)),
        (c.ReportDone(entry_id=entry_id, source=BY_PHONE), typed),
    )


def answer(entry: Entry, command: c.AnyCommand, actor: Actor) -> str:
    decision = decide(entry, command, context(actor))
    return decision.code if isinstance(decision, Refusal) else "done"


def test_typing_for_a_township_makes_the_typing_office_a_side_but_not_everyone_below_it() -> None:
    entry = told_by_telephone()
    verify = c.PassVerification(entry_id=entry.entry_id)
    assert answer(entry, verify, Actor.alone(CITY_CLERK)) == "VerifierIsDoer"
    assert answer(entry, verify, Actor.alone(CITY_OTHER)) == "VerifierOfDoersUnit"
    assert answer(entry, verify, Actor.alone(OFFICE)) == "done"


def test_a_unit_cannot_move_its_own_date() -> None:
    entry = told_by_telephone()
    later = c.AmendEntry(entry_id=entry.entry_id, changes={}, due_on=TODAY + timedelta(days=9))
    assert answer(entry, later, alone(2, 11, "handle")) == "NotYourDuty"
    assert answer(entry, later, alone(9, 1, "register", "dispatch")) == "done"


def test_what_is_returned_is_no_longer_reported_done() -> None:
    entry = told_by_telephone()
    assert entry.done_on == TODAY
    back = e.EntryReturned(stage="new", reason="不属本镇")
    command = c.ReturnEntry(entry_id=entry.entry_id, reason="不属本镇")
    returned = evolve(entry, recorded(command, back, Actor.alone(TOWN), entry.version + 1))
    assert returned.done_on is None
