"""What holds for every sequence of commands anybody could send (Hypothesis, stateful)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from taizhang.core import codec
from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core.actor import Actor
from taizhang.core.decide import decide
from taizhang.core.entry import Entry, evolve, replay
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.core.refusals import Refusal
from taizhang.core.registering import part_registrations
from taizhang.core.values import EvidenceRef, Part, RowOrigin, Source
from tests.samples import LEDGER, NOW, TODAY, UNITS, agent, context, playbook

PLAYBOOK = playbook()
SAID_STAGES = ("", *sorted(PLAYBOOK.stages_before_done))
"""Where an entry begins: as usual, or where a row of a sheet says it is."""
AGENTS = [
    agent(101, 11),
    agent(102, 11),
    agent(103, 12),
    agent(110, 10),
    agent(121, 21),
    agent(130, 30),
    agent(131, 31),
    agent(199, None),
    agent(140, 40),
]
UNIT_IDS = [10, 11, 12, 20, 21, 30, 31, 40]
ACTORS = st.builds(Actor, st.sampled_from(AGENTS), st.sampled_from(AGENTS)) | st.sampled_from(AGENTS).map(
    Actor.alone
)
TEXT = st.sampled_from(["", "已整改", "x\0y", "按要求完成"])
SOURCES = st.none() | st.just(Source("telephone", "电话报来"))
DAYS = st.none() | st.integers(-3, 1).map(lambda n: TODAY + timedelta(days=n))


@dataclass
class Worked:
    """An independent memory of who did what, kept without looking at the entry."""

    people: set[int] = field(default_factory=set)
    typists: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)
    passed: bool = False


def related(one: int, other: int) -> bool:
    """Written apart from `Units.line`: same unit, below, or in the place of."""
    parents = {10: 1, 11: 10, 12: 11, 20: 1, 21: 20, 30: 1, 31: 1, 40: 10}
    above: set[int] = set()
    current: int | None = one
    while current is not None:
        above.add(current)
        current = parents.get(current)
    if 11 in above:
        above |= {40, 10, 1}
    return other in above


class AnybodyDoesAnything(RuleBasedStateMachine):
    """Random people send random commands; the rules must hold whatever they try."""

    @initialize(actor=ACTORS, claims=st.booleans(), stage=st.sampled_from(SAID_STAGES))
    def registered(self, actor: Actor, claims: bool, stage: str) -> None:
        self.histories: dict[UUID, list[e.Recorded]] = {}
        self.entries: dict[UUID, Entry] = {}
        self.worked: dict[UUID, Worked] = {}
        self.first = uuid4()
        self.claims = claims
        register = c.RegisterEntry(
            entry_id=self.first,
            ledger_id=LEDGER,
            fields={"title": "路灯不亮"},
            number="2026-00001",
            closure_claimed="关闭" if claims else "",
            stage="" if claims else stage,
            lead_unit=11 if stage and not claims else None,
            origin=RowOrigin("aa", "bb", "表.xlsx", "一", 12) if stage else None,
        )
        self.send(register, Actor.alone(AGENTS[7]))

    def send(self, command: c.AnyCommand, actor: Actor) -> None:
        before = self.entries.get(command.entry_id)
        frozen = codec.canonical(
            [codec.encode(item.event) for item in self.histories.get(command.entry_id, [])]
        )
        decision = decide(before, command, context(actor, playbook=PLAYBOOK, parts=self.entries))
        if isinstance(decision, Refusal):
            assert decision.message.zh and decision.message.en and "{" not in decision.message.zh
            assert self.entries.get(command.entry_id) is before
            after = codec.canonical(
                [codec.encode(item.event) for item in self.histories.get(command.entry_id, [])]
            )
            assert after == frozen
            return
        for event in decision:
            self.record(command.entry_id, event, command, actor)
            if isinstance(event, e.EntrySplit):
                assert before is not None
                for part_id, registered in part_registrations(before, event, PLAYBOOK):
                    self.record(part_id, registered, command, actor)

    def record(self, entry_id: UUID, event: e.Event, command: c.AnyCommand, actor: Actor) -> None:
        before = self.entries.get(entry_id)
        recorded = e.Recorded(
            entry_id=entry_id,
            version=before.version + 1 if before else 1,
            event=event,
            occurred_on=command.occurred_on or TODAY,
            recorded_at=NOW,
            acted_by=actor.acting.person_id,
            typed_by=actor.typing.person_id,
            unit_id=actor.acting.unit_id,
            typed_unit_id=actor.typing.unit_id,
            post_id=None,
            playbook_sha=PLAYBOOK.sha,
            batch_id=uuid4(),
            source=command.source,
        )
        self.histories.setdefault(entry_id, []).append(recorded)
        self.entries[entry_id] = evolve(before, recorded)
        self.remember(entry_id, event, actor)

    def remember(self, entry_id: UUID, event: e.Event, actor: Actor) -> None:
        worked = self.worked.setdefault(entry_id, Worked())
        match event:
            case e.ProgressReported() | e.EvidenceAttached() | e.DoneReported():
                worked.people |= {actor.acting.person_id, actor.typing.person_id}
                worked.units |= {unit for unit in [actor.acting.unit_id] if unit}
                worked.typists |= {unit for unit in [actor.typing.unit_id] if unit}
                worked.passed = worked.passed and not isinstance(event, e.DoneReported)
            case e.VerificationPassed():
                for verifier in (actor.acting, actor.typing):
                    assert verifier.person_id not in worked.people
                    assert verifier.unit_id is not None
                    assert not any(related(verifier.unit_id, unit) for unit in worked.units)
                    assert verifier.unit_id not in worked.typists
                    assert not (verifier.unit_id == 11 and 40 in worked.typists)
                worked.passed = True
            case e.VerificationFailed():
                worked.passed = False
            case e.EntryClosedOut():
                assert worked.passed
            case _:
                pass

    @rule(
        actor=ACTORS,
        text=TEXT,
        unit=st.sampled_from(UNIT_IDS),
        other=st.sampled_from(UNIT_IDS),
        source=SOURCES,
        day=DAYS,
        which=st.integers(0, 20),
        on=st.integers(0, 3),
        stale=st.booleans(),
    )
    def tries(
        self,
        actor: Actor,
        text: str,
        unit: int,
        other: int,
        source: Source | None,
        day: object,
        which: int,
        on: int,
        stale: bool,
    ) -> None:
        ids = list(self.entries) or [self.first]
        entry_id = ids[on % len(ids)]
        given = {
            "entry_id": entry_id,
            "source": source,
            "occurred_on": day,
            "expected_version": 1 if stale else None,
        }
        build: list[Callable[..., c.AnyCommand]] = [
            lambda **k: c.AssignEntry(lead_unit=unit, assisting_units=(other,), due_on=TODAY, **k),
            c.AcceptEntry,
            lambda **k: c.ReportProgress(text=text, **k),
            lambda **k: c.AttachEvidence(evidence=EvidenceRef(uuid4(), "ab", "image/jpeg", 1), **k),
            lambda **k: c.AmendEntry(changes={"measure": text or None}, **k),
            lambda **k: c.ReportDone(text=text, **k),
            lambda **k: c.PassVerification(text=text, **k),
            c.CloseOutEntry,
            lambda **k: c.FailVerification(reason=text, **k),
            lambda **k: c.TransferEntry(lead_unit=unit, reason=text, **k),
            lambda **k: c.ReturnEntry(reason=text, proposed_unit=other, **k),
            c.ClaimEntry,
            lambda **k: c.SetFlag(flag="accusation", named_units=(unit,), **k),
            lambda **k: c.ClearFlag(flag="accusation", reason=text, **k),
            lambda **k: c.SetFlag(flag="carried", **k),
            c.SendClaimToVerification,
            lambda **k: c.SplitEntry(
                parts=(Part(uuid4(), "一", unit), Part(uuid4(), "二")), reason=text, **k
            ),
            lambda **k: c.VoidEntry(reason=text, **k),
            lambda **k: c.RecordInstruction(text=text, by="张某", **k),
            lambda **k: c.DeclineAdmission(reason=text, **k),
            lambda **k: c.MakeComment(text=text, **k),
        ]
        self.send(build[which](**given), actor)

    @rule(last=st.sampled_from([5, 6, 7]), checker=st.sampled_from(AGENTS), unit=st.sampled_from([11, 21]))
    def goes_the_straight_way(self, last: int, checker: object, unit: int) -> None:
        """Random commands rarely get far; this walks an entry towards closure with the given checker."""
        doer = Actor.alone(AGENTS[0] if unit == 11 else AGENTS[4])
        desk = Actor.alone(AGENTS[5])
        steps: list[tuple[c.AnyCommand, Actor]] = [
            (c.AssignEntry(entry_id=self.first, lead_unit=unit, due_on=TODAY), desk),
            (c.AcceptEntry(entry_id=self.first), doer),
            (c.ReportProgress(entry_id=self.first, text="整改"), doer),
            (c.AmendEntry(entry_id=self.first, changes={"measure": "修复"}), doer),
            (c.ReportDone(entry_id=self.first), doer),
            (c.PassVerification(entry_id=self.first), Actor.alone(checker)),  # type: ignore[arg-type]
            (c.CloseOutEntry(entry_id=self.first), desk),
        ]
        for command, actor in steps[:last]:
            self.send(command, actor)

    @invariant()
    def nothing_is_closed_without_an_independent_verification(self) -> None:
        for entry_id, entry in getattr(self, "entries", {}).items():
            if entry.stage == "closed":
                assert self.worked[entry_id].passed

    @invariant()
    def a_replay_of_the_history_is_the_entry(self) -> None:
        for entry_id, history in getattr(self, "histories", {}).items():
            assert replay(history) == self.entries[entry_id]

    @invariant()
    def events_survive_the_codec(self) -> None:
        for history in getattr(self, "histories", {}).values():
            event = history[-1].event
            assert codec.decode(type(event).__name__, codec.encode(event)) == event

    @invariant()
    def an_accusation_is_never_with_the_unit_it_names(self) -> None:
        for entry in getattr(self, "entries", {}).values():
            for unit in (entry.lead_unit, *entry.assisting_units):
                assert unit is None or not UNITS.line(unit) & frozenset(entry.named_units)

    @invariant()
    def a_claim_is_open_for_nobody(self) -> None:
        for entry in getattr(self, "entries", {}).values():
            if entry.stage == CLAIMED_STAGE:
                assert entry.closed_on is None and not PLAYBOOK.is_open(entry.stage)


TestAnybodyDoesAnything = AnybodyDoesAnything.TestCase
TestAnybodyDoesAnything.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
