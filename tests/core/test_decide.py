"""The rules of the loop, one by one: what breaks each is refused by name, what stands just beside it passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.actor import DUTIES, Actor, Agent
from taizhang.core.decide import decide
from taizhang.core.entry import Entry, evolve
from taizhang.core.playbook import CLAIMED_STAGE, Move, Playbook, Role, Verb
from taizhang.core.registering import part_registrations
from taizhang.core.units import PostSpan
from taizhang.core.values import EvidenceRef, Part, Purpose, RowOrigin, SealedRef, Source
from taizhang.core.wording import Label
from tests.samples import LEDGER, NOW, TODAY, agent, alone, context, playbook

PLAYBOOK = playbook()
ROW = RowOrigin("aa", "bb", "表.xlsx", "一", 12)
ID = UUID(int=1)
CITY, COUNTY, TOWN, SECTION, OTHER_COUNTY, OTHER_TOWN, OFFICE, TEAM, DISSOLVED = (
    1,
    10,
    11,
    12,
    20,
    21,
    30,
    31,
    40,
)
CLERK = alone(1, OFFICE, "register")
DESK = alone(2, OFFICE, "dispatch", "oversee")
WORKER = alone(3, TOWN, "handle")
COLLEAGUE = alone(4, TOWN)
CHECKER = alone(5, TEAM, "verify")
CLOSER = alone(6, OFFICE, "close")
OPERATOR = alone(7, None, *DUTIES)
PHONE = Source("telephone", "电话报来")
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MAYOR, GONE, SECTION_HEAD, COUNTY_HEAD, OTHER_HEAD = 5, 6, 7, 8, 9
POSTS = {
    MAYOR: PostSpan(MAYOR, "镇长", TOWN),
    GONE: PostSpan(GONE, "原镇长", TOWN, to_on=TODAY),
    SECTION_HEAD: PostSpan(SECTION_HEAD, "站长", SECTION),
    COUNTY_HEAD: PostSpan(COUNTY_HEAD, "县长", COUNTY),
    OTHER_HEAD: PostSpan(OTHER_HEAD, "乙县县长", OTHER_COUNTY),
}
TWO_PARTS = (Part(UUID(int=21), "一段", TOWN), Part(UUID(int=22), "二段"))


@dataclass
class Story:
    """One entry, its parts, and what is done to it in turn."""

    playbook: Playbook = PLAYBOOK
    entry: Entry | None = None
    parts: dict[UUID, Entry] | None = None

    def tries(self, command: c.AnyCommand, actor: Actor) -> r.Refusal | tuple[e.Event, ...]:
        parts = self.parts if self.parts is not None else {}
        entry = self.entry if command.entry_id == ID else parts.get(command.entry_id)
        return decide(entry, command, context(actor, playbook=self.playbook, parts=parts, posts=POSTS))

    def does(self, command: c.AnyCommand, actor: Actor) -> Story:
        decision = self.tries(command, actor)
        assert isinstance(decision, tuple), decision
        for event in decision:
            before = self.entry
            self._record(command.entry_id, event, command, actor)
            if isinstance(event, e.EntrySplit) and before is not None:
                self.parts = {}
                for part_id, registered in part_registrations(before, event, self.playbook):
                    self._record(part_id, registered, command, actor)
        return self

    def _record(self, entry_id: UUID, event: e.Event, command: c.AnyCommand, actor: Actor) -> None:
        entry = self.entry if entry_id == ID else (self.parts or {}).get(entry_id)
        recorded = e.Recorded(
            entry_id=entry_id, version=entry.version + 1 if entry else 1, event=event,
            occurred_on=command.occurred_on or TODAY, recorded_at=NOW, acted_by=actor.acting.person_id,
            typed_by=actor.typing.person_id, unit_id=actor.acting.unit_id, typed_unit_id=actor.typing.unit_id,
            post_id=None, playbook_sha=self.playbook.sha, batch_id=UUID(int=0), source=command.source,
        )  # fmt: skip
        after = evolve(entry, recorded)
        if entry_id == ID:
            self.entry = after
        else:
            assert self.parts is not None
            self.parts[entry_id] = after

    def outcome(self, command: c.AnyCommand, actor: Actor) -> str:
        """The refusal's code, or "" where it passes."""
        decision = self.tries(command, actor)
        return decision.code if isinstance(decision, r.Refusal) else ""


def registration(**more: Any) -> c.RegisterEntry:
    given = {
        "entry_id": ID,
        "ledger_id": LEDGER,
        "fields": {"title": "路灯不亮"},
        "number": "2026-00001",
        **more,
    }
    return c.RegisterEntry(**given)


def assignment(**more: Any) -> c.AssignEntry:
    return c.AssignEntry(**{"entry_id": ID, "lead_unit": TOWN, "due_on": TOMORROW, **more})


def begun(playbook: Playbook = PLAYBOOK, **more: Any) -> Story:
    return Story(playbook).does(registration(**more), CLERK)


def assigned(playbook: Playbook = PLAYBOOK, **more: Any) -> Story:
    return begun(playbook, **more).does(assignment(), DESK)


def working(playbook: Playbook = PLAYBOOK, **more: Any) -> Story:
    given = {"fields": {"title": "路灯不亮", "measure": "换灯"}, **more}
    return assigned(playbook, **given).does(c.AcceptEntry(entry_id=ID), WORKER)


def reported(doer: Actor = WORKER, playbook: Playbook = PLAYBOOK, **given: Any) -> Story:
    return working(playbook).does(c.ReportDone(entry_id=ID, **given), doer)


def verified(playbook: Playbook = PLAYBOOK) -> Story:
    return reported(playbook=playbook).does(c.PassVerification(entry_id=ID), CHECKER)


def claimed(importer: Actor = CLERK, **more: Any) -> Story:
    fields = {"title": "老问题", "measure": "早已修好"}
    return Story().does(registration(closure_claimed="关闭", fields=fields, **more), importer)


def split(lead: int = TOWN) -> Story:
    parts = (replace(TWO_PARTS[0], lead_unit=lead), TWO_PARTS[1])
    return working().does(c.SplitEntry(entry_id=ID, parts=parts, reason="分段"), DESK)


def needing(verb: Verb, need: str) -> Playbook:
    """The sample playbook, its move of this verb asking for one thing more."""
    moves = (replace(m, needs=m.needs | {need}) if m.verb == verb else m for m in PLAYBOOK.moves)
    return replace(PLAYBOOK, moves=tuple(moves))


def careless() -> Playbook:
    """Anybody may do everything, from every stage, and nothing is needed: what no check would let pass."""
    anyone = tuple(Role(f"any_{duty}", Label("任何人"), duty) for duty in DUTIES)
    stages = frozenset(PLAYBOOK.stage_of)

    def loose(move: Move) -> Move:
        from_stages = move.from_stages if move.verb in ("register", "send_claim") else stages
        return replace(
            move, from_stages=from_stages, who=tuple(role.key for role in anyone), needs=frozenset()
        )

    return replace(PLAYBOOK, roles=(*PLAYBOOK.roles, *anyone), moves=tuple(map(loose, PLAYBOOK.moves)))


CARELESS = careless()


def anybody(person: int, unit: int | None) -> Actor:
    return alone(person, unit, *DUTIES)


def evidence(purpose: Purpose = "other") -> c.AttachEvidence:
    return c.AttachEvidence(entry_id=ID, evidence=EvidenceRef(uuid4(), "ab", "image/png", 1, purpose))


def accusation(*named: int) -> c.SetFlag:
    return c.SetFlag(entry_id=ID, flag="accusation", named_units=named)


def part_done(story: Story, part: UUID) -> Story:
    assign = c.AssignEntry(entry_id=part, lead_unit=TOWN, due_on=TOMORROW)
    story.does(assign, DESK).does(c.AcceptEntry(entry_id=part), WORKER)
    return story.does(c.ReportDone(entry_id=part), WORKER)


Asked = tuple[Story, c.AnyCommand, Actor]


def says(text: str, **more: Any) -> c.MakeComment:
    return c.MakeComment(entry_id=ID, text=text, **more)


DONE = c.ReportDone(entry_id=ID)
PASS = c.PassVerification(entry_id=ID)
DONE_BY_PHONE = replace(DONE, source=PHONE)
PROGRESS = c.ReportProgress(entry_id=ID, text="到现场")
ADMIT = c.AdmitEntry(entry_id=ID)
CLOSE = c.CloseOutEntry(entry_id=ID)
ACCEPT = c.AcceptEntry(entry_id=ID)
CLAIM = c.ClaimEntry(entry_id=ID)
SPLIT = c.SplitEntry(entry_id=ID, parts=TWO_PARTS, reason="分段")


def sent_back(reason: str = "不属本镇", **more: Any) -> c.ReturnEntry:
    return c.ReturnEntry(entry_id=ID, reason=reason, **more)


def amended(**changes: Any) -> c.AmendEntry:
    return c.AmendEntry(entry_id=ID, changes=changes)


def transferred(unit: int, **more: Any) -> c.TransferEntry:
    return c.TransferEntry(entry_id=ID, lead_unit=unit, reason="转办", **more)


def for_worker(*duties: str) -> Actor:
    return Actor(WORKER.acting, agent(9, TOWN, *duties))


RULES: list[tuple[type[r.Refusal], str, Callable[[], Asked], Callable[[], Asked]]] = [
    (r.AlreadyRegistered, "registered twice",
     lambda: (begun(), registration(), CLERK), lambda: (Story(), registration(), CLERK)),
    (r.NoSuchEntry, "not there",
     lambda: (Story(), says("好"), DESK), lambda: (begun(), says("好"), DESK)),
    (r.NoSuchEntry, "named in the accusation",
     lambda: (begun().does(accusation(TOWN), DESK), says("好"), COLLEAGUE),
     lambda: (begun().does(accusation(OTHER_TOWN), DESK), says("好"), alone(4, TOWN, "register"))),
    (r.NoSuchEntry, "below the unit named in the accusation",
     lambda: (begun().does(accusation(COUNTY), DESK), says("好"), anybody(4, SECTION)),
     lambda: (begun().does(accusation(SECTION), DESK), says("好"), anybody(4, TOWN))),
    (r.NoSuchEntry, "in the place of the unit named in the accusation",
     lambda: (begun().does(accusation(DISSOLVED), DESK), says("好"), anybody(4, TOWN)),
     lambda: (begun().does(accusation(DISSOLVED), DESK), says("好"), anybody(4, OTHER_TOWN))),
    (r.NoSuchEntry, "typed by the unit named in the accusation",
     lambda: (begun().does(accusation(TOWN), DESK), says("好", source=PHONE), Actor(DESK.acting, COLLEAGUE.acting)),
     lambda: (begun().does(accusation(TOWN), DESK), says("好", source=PHONE), Actor(DESK.acting, CLERK.acting))),
    (r.StaleVersion, "decided on an older sight",
     lambda: (assigned(), says("好", expected_version=1), DESK),
     lambda: (assigned(), says("好", expected_version=2), DESK)),
    (r.NotYourStage, "accepted before it is assigned",
     lambda: (begun(), ACCEPT, WORKER), lambda: (assigned(), ACCEPT, WORKER)),
    (r.NotYourStage, "claim sent that is none",
     lambda: (begun(), c.SendClaimToVerification(entry_id=ID), DESK),
     lambda: (claimed(), c.SendClaimToVerification(entry_id=ID), DESK)),
    (r.NotYourDuty, "assigned by a clerk",
     lambda: (begun(), assignment(), CLERK), lambda: (begun(), assignment(), DESK)),
    (r.NotYourDuty, "accepted by a unit it was not given to",
     lambda: (assigned(), ACCEPT, anybody(8, OTHER_TOWN)), lambda: (assigned(), ACCEPT, anybody(8, SECTION))),
    (r.NotYourDuty, "registered by a verifier",
     lambda: (Story(), registration(), CHECKER), lambda: (Story(), registration(), OPERATOR)),
    (r.MayNotTypeForOthers, "typed by somebody without the duty",
     lambda: (working(), DONE_BY_PHONE, for_worker("handle", "verify")),
     lambda: (working(), DONE_BY_PHONE, for_worker("register"))),
    (r.SourceMissing, "typed for another without a source",
     lambda: (working(), DONE, for_worker("register")), lambda: (working(), DONE_BY_PHONE, for_worker("register"))),
    (r.SourceMissing, "an earlier day without a source",
     lambda: (Story(), registration(occurred_on=YESTERDAY), CLERK),
     lambda: (Story(), registration(occurred_on=YESTERDAY, source=PHONE), CLERK)),
    (r.NoUnit, "verified by the operator",
     lambda: (reported(), PASS, OPERATOR), lambda: (reported(), PASS, CHECKER)),
    (r.NoUnit, "struck off by the operator",
     lambda: (verified(), CLOSE, OPERATOR), lambda: (verified(), CLOSE, CLOSER)),
    (r.NoUnit, "claimed by the operator",
     lambda: (begun(), CLAIM, OPERATOR), lambda: (begun(), CLAIM, anybody(7, TOWN))),
    (r.VerifierIsDoer, "verified by who reported it done, now in another unit",
     lambda: (reported(), PASS, anybody(3, TEAM)), lambda: (reported(), PASS, anybody(8, TEAM))),
    (r.VerifierIsDoer, "verified by who reported progress earlier",
     lambda: (working().does(PROGRESS, WORKER).does(DONE, COLLEAGUE), PASS, anybody(3, TEAM)),
     lambda: (working().does(DONE, COLLEAGUE), PASS, anybody(3, TEAM))),
    (r.VerifierIsDoer, "verified by who attached the evidence",
     lambda: (working().does(evidence(), CHECKER).does(DONE, WORKER), PASS, CHECKER), lambda: (reported(), PASS, CHECKER)),
    (r.VerifierOfDoersUnit, "verified by a colleague",
     lambda: (reported(), PASS, anybody(8, TOWN)), lambda: (reported(), PASS, anybody(8, OTHER_TOWN))),
    (r.NotVerified, "struck off without a verification",
     lambda: (reported(playbook=CARELESS), CLOSE, anybody(8, TEAM)),
     lambda: (verified(CARELESS), CLOSE, anybody(8, TEAM))),
    (r.AlreadyVerified, "progress after the verification",
     lambda: (verified(), PROGRESS, WORKER), lambda: (working(), PROGRESS, WORKER)),
    (r.AlreadyVerified, "evidence after the verification",
     lambda: (verified(), evidence(), WORKER), lambda: (reported(), evidence(), WORKER)),
    (r.NotReportedDone, "verified while it is worked on",
     lambda: (working(), PASS, CHECKER), lambda: (reported(), PASS, CHECKER)),
    (r.NotReportedDone, "verified twice",
     lambda: (verified(CARELESS), PASS, anybody(8, TEAM)), lambda: (reported(playbook=CARELESS), PASS, anybody(8, TEAM))),
    (r.PartsNotDone, "the whole before its parts",
     lambda: (part_done(split(), TWO_PARTS[1].entry_id), DONE, WORKER),
     lambda: (part_done(part_done(split(), TWO_PARTS[1].entry_id), TWO_PARTS[0].entry_id), DONE, WORKER)),
    (r.PartsMissing, "one part only",
     lambda: (begun(), replace(SPLIT, parts=TWO_PARTS[:1]), DESK), lambda: (begun(), SPLIT, DESK)),
    (r.PartsMissing, "the same part twice",
     lambda: (begun(), replace(SPLIT, parts=TWO_PARTS[:1] * 2), DESK), lambda: (begun(), SPLIT, DESK)),
    (r.PartsMissing, "a part of itself",
     lambda: (begun(), replace(SPLIT, parts=(*TWO_PARTS, Part(ID, "自己"))), DESK), lambda: (begun(), SPLIT, DESK)),
    (r.NamedUnitIsAssignee, "an accusation to the unit it names",
     lambda: (begun().does(accusation(TOWN), DESK), assignment(), DESK),
     lambda: (begun().does(accusation(SECTION), DESK), assignment(), DESK)),
    (r.NamedUnitIsAssignee, "an accusation below the unit it names",
     lambda: (begun().does(accusation(COUNTY), DESK), assignment(lead_unit=SECTION), DESK),
     lambda: (begun().does(accusation(COUNTY), DESK), assignment(lead_unit=OTHER_TOWN), DESK)),
    (r.NamedUnitIsAssignee, "an accusation to the successor of the unit it names",
     lambda: (begun().does(accusation(DISSOLVED), DESK), assignment(), DESK),
     lambda: (begun().does(accusation(DISSOLVED), DESK), assignment(lead_unit=OTHER_TOWN), DESK)),
    (r.NamedUnitIsAssignee, "the named unit assisting",
     lambda: (begun().does(accusation(TOWN), DESK), assignment(lead_unit=OFFICE, assisting_units=(SECTION,)), DESK),
     lambda: (begun().does(accusation(TOWN), DESK), assignment(lead_unit=OFFICE, assisting_units=(TEAM,)), DESK)),
    (r.NamedUnitIsAssignee, "proposed to the named unit",
     lambda: (assigned().does(accusation(OTHER_TOWN), DESK), sent_back(proposed_unit=OTHER_TOWN), WORKER),
     lambda: (assigned().does(accusation(OTHER_TOWN), DESK), sent_back(proposed_unit=OFFICE), WORKER)),
    (r.NamedUnitWorksOnIt, "naming who works on it",
     lambda: (assigned(), accusation(COUNTY), DESK), lambda: (assigned(), accusation(SECTION), DESK)),
    (r.NamedUnitWorksOnIt, "naming who works on a part",
     lambda: (split(OTHER_TOWN), accusation(OTHER_COUNTY), DESK), lambda: (split(), accusation(OTHER_COUNTY), DESK)),
    (r.UnitNotInForce, "given to a dissolved unit",
     lambda: (begun(), assignment(lead_unit=DISSOLVED), DESK),
     lambda: (Story(), registration(lead_unit=DISSOLVED, occurred_on=TODAY.replace(2025), source=PHONE), CLERK)),
    (r.UnitNotInForce, "given to no unit there is",
     lambda: (begun(), assignment(assisting_units=(999,)), DESK), lambda: (begun(), assignment(assisting_units=(20,)), DESK)),
    (r.LeadUnitMissing, "nobody leads",
     lambda: (begun(needing("admit", "lead_unit")), ADMIT, DESK),
     lambda: (begun(needing("admit", "lead_unit"), lead_unit=TOWN), ADMIT, DESK)),
    (r.LeadIsAlsoAssisting, "leading and assisting",
     lambda: (begun(), assignment(assisting_units=(TOWN,)), DESK),
     lambda: (begun(), assignment(assisting_units=(SECTION,)), DESK)),
    *((r.ResponsiblePostElsewhere, f"a responsible post {words}",
       lambda post=post: (begun(), assignment(responsible_post=post), DESK),
       lambda: (begun(), assignment(responsible_post=MAYOR), DESK))
      for post, words in ((COUNTY_HEAD, "above the lead unit"), (SECTION_HEAD, "below it"), (GONE, "that ended"), (99, "nobody set up"))),
    *((r.OverseeingPostElsewhere, f"an overseeing post {words}",
       lambda post=post: (begun(), assignment(overseeing_post=post), DESK),
       lambda fits=fits: (begun(), assignment(overseeing_post=fits), DESK))
      for post, fits, words in ((OTHER_HEAD, COUNTY_HEAD, "of another county"), (SECTION_HEAD, MAYOR, "below the lead unit"))),
    (r.SameLeadUnit, "transferred to where it is",
     lambda: (assigned(), transferred(TOWN), DESK), lambda: (assigned(), transferred(OTHER_TOWN), DESK)),
    (r.FieldMissing, "registered without a title",
     lambda: (Story(), registration(fields={"kind": "环境"}), CLERK), lambda: (Story(), registration(), CLERK)),
    (r.FieldMissing, "done without what the stage needs",
     lambda: (assigned().does(ACCEPT, WORKER), DONE, WORKER), lambda: (working(), DONE, WORKER)),
    (r.FieldMissing, "emptied while it is needed",
     lambda: (reported(), amended(measure=None), WORKER), lambda: (working(), amended(measure=None), WORKER)),
    (r.FieldUnknown, "a field the playbook has not",
     lambda: (Story(), registration(fields={"title": "x", "none": "y"}), CLERK), lambda: (Story(), registration(), CLERK)),
    (r.FieldUnknown, "an amendment of such a field",
     lambda: (begun(), amended(none="y"), CLERK), lambda: (begun(), amended(title="y"), CLERK)),
    (r.FieldInvalid, "a category that is none",
     lambda: (begun(), amended(kind="消防"), CLERK), lambda: (begun(), amended(kind="安全/消防"), CLERK)),
    (r.FieldInvalid, "a date that is none",
     lambda: (begun(), amended(due="2026-02-30"), CLERK), lambda: (begun(), amended(due="2026-02-28"), CLERK)),
    (r.FieldInvalid, "a reference where the value is open",
     lambda: (begun(), amended(measure=SealedRef(ID, "ab")), CLERK), lambda: (begun(), amended(measure="好"), CLERK)),
    (r.SealedInPlain, "a telephone number in plain",
     lambda: (begun(), amended(phone="13800000000"), CLERK), lambda: (begun(), amended(phone=SealedRef(ID, "ab")), CLERK)),
    (r.SealedInPlain, "an original in plain",
     lambda: (Story(), registration(fields={"title": "x", "letter": "原文"}), CLERK),
     lambda: (Story(), registration(fields={"title": "x", "letter": SealedRef(ID, "ab")}), CLERK)),
    (r.NothingChanged, "amended to what it is",
     lambda: (begun(), amended(title="路灯不亮"), CLERK), lambda: (begun(), amended(title="路灯亮了"), CLERK)),
    (r.ReasonMissing, "sent back without a reason",
     lambda: (assigned(), sent_back("　 "), WORKER), lambda: (assigned(), sent_back("x"), WORKER)),
    (r.ReasonMissing, "an empty comment",
     lambda: (begun(), says(""), DESK), lambda: (begun(), says("好"), DESK)),
    (r.ReasonMissing, "an instruction without whose it is",
     lambda: (begun(), c.RecordInstruction(entry_id=ID, text="速办", by=" "), DESK),
     lambda: (begun(), c.RecordInstruction(entry_id=ID, text="速办", by="王某"), DESK)),
    (r.ReasonMissing, "a post that the move needs",
     lambda: (begun(needing("assign", "responsible_post")), assignment(), DESK),
     lambda: (begun(needing("assign", "responsible_post")), assignment(responsible_post=MAYOR), DESK)),
    (r.ReasonMissing, "the written notice of an admission",
     lambda: (begun(needing("admit", "notice")), ADMIT, DESK),
     lambda: (begun(needing("admit", "notice")), replace(ADMIT, notice="〔2026〕1号"), DESK)),
    (r.TextTooLong, "a comment of more than ten thousand characters",
     lambda: (begun(), says("长" * 10_001), DESK), lambda: (begun(), says("长" * 10_000), DESK)),
    (r.TextNotStorable, "NUL in a comment",
     lambda: (begun(), says("a\0"), DESK), lambda: (begun(), says("a\n"), DESK)),
    (r.TextNotStorable, "half a character in the source",
     lambda: (begun(), says("好", source=Source("paper", "\ud800")), DESK),
     lambda: (begun(), says("好", source=Source("paper", "𠮷")), DESK)),
    (r.TextNotStorable, "a file name that is no text",
     lambda: (Story(), registration(origin=RowOrigin("00", "00", "a\udcff.xlsx", "表", 1)), CLERK),
     lambda: (Story(), registration(origin=RowOrigin("00", "00", "a.xlsx", "表", 1)), CLERK)),
    (r.EvidenceMissing, "done without any file",
     lambda: (working(needing("report_done", "evidence")), DONE, WORKER),
     lambda: (working(needing("report_done", "evidence")).does(evidence(), WORKER), DONE, WORKER)),
    (r.EvidenceMissing, "done without a file from after",
     lambda: (working(needing("report_done", "before_after")).does(evidence("before"), WORKER), DONE, WORKER),
     lambda: (working(needing("report_done", "before_after")).does(evidence("before"), WORKER)
              .does(evidence("after"), WORKER), DONE, WORKER)),
    (r.DueDateMissing, "assigned without a due date",
     lambda: (begun(), assignment(due_on=None), DESK), lambda: (begun(due_on=TOMORROW), assignment(due_on=None), DESK)),
    (r.DueInThePast, "due before it is assigned",
     lambda: (begun(), assignment(due_on=YESTERDAY), DESK), lambda: (begun(), assignment(due_on=TODAY), DESK)),
    (r.OccurredInTheFuture, "done tomorrow",
     lambda: (Story(), registration(occurred_on=TOMORROW, source=PHONE), CLERK),
     lambda: (Story(), registration(occurred_on=TODAY), CLERK)),
    (r.OccurredInTheFuture, "an instruction of tomorrow",
     lambda: (begun(), c.RecordInstruction(entry_id=ID, text="速办", by="王某", said_on=TOMORROW), DESK),
     lambda: (begun(), c.RecordInstruction(entry_id=ID, text="速办", by="王某", said_on=YESTERDAY), DESK)),
    (r.OccurredBeforeLastChange, "accepted before it was assigned",
     lambda: (assigned(), c.AcceptEntry(entry_id=ID, occurred_on=YESTERDAY, source=PHONE), WORKER),
     lambda: (assigned(), c.AcceptEntry(entry_id=ID, occurred_on=TODAY, source=PHONE), WORKER)),
    (r.FlagAlreadySet, "carried twice",
     lambda: (begun(flags=("carried",)), c.SetFlag(entry_id=ID, flag="carried"), DESK),
     lambda: (begun(flags=("carried",)), c.SetFlag(entry_id=ID, flag="solved"), DESK)),
    (r.FlagNotSet, "a flag taken back that is not there",
     lambda: (begun(), c.ClearFlag(entry_id=ID, flag="carried", reason="完"), DESK),
     lambda: (begun(flags=("carried",)), c.ClearFlag(entry_id=ID, flag="carried", reason="完"), DESK)),
    (r.ClaimNeedsStage, "registered as closed",
     lambda: (Story(), registration(stage="closed"), CLERK), lambda: (Story(), registration(stage="new"), CLERK)),
    (r.ClaimNeedsStage, "a sheet's row registered as verified",
     lambda: (Story(), registration(stage="verified", origin=ROW, lead_unit=11), CLERK),
     lambda: (Story(), registration(stage="working", origin=ROW, lead_unit=11), CLERK)),
    (r.ClaimNeedsStage, "a stage beyond the first, by another door than a sheet",
     lambda: (Story(), registration(stage="working", lead_unit=11), CLERK),
     lambda: (Story(), registration(stage="working", origin=ROW, lead_unit=11), CLERK)),
    (r.LeadUnitMissing, "a sheet's row under way that nobody answers for",
     lambda: (Story(), registration(stage="working", origin=ROW, lead_unit=None), CLERK),
     lambda: (Story(), registration(stage="working", origin=ROW, lead_unit=11), CLERK)),
    (r.ClaimNeedsStage, "a claim registered as verified",
     lambda: (Story(), registration(stage="verified", closure_claimed="是"), CLERK),
     lambda: (Story(), registration(stage=CLAIMED_STAGE, closure_claimed="是"), CLERK)),
]  # fmt: skip

OF_THE_LEDGER = {"KeyReused", "Aborted", "LedgerUnknown", "SubjectErased"}
"""Refusals `decide` cannot give; tests/ledger provokes them."""


@pytest.mark.parametrize(
    ("refusal", "refused", "passes"),
    [(rule[0], *rule[2:]) for rule in RULES],
    ids=[f"{rule[0].__name__}: {rule[1]}" for rule in RULES],
)
def test_a_broken_rule_is_refused_by_name_and_its_neighbour_passes(
    refusal: type[r.Refusal], refused: Callable[[], Asked], passes: Callable[[], Asked]
) -> None:
    story, command, actor = refused()
    decision = story.tries(command, actor)
    assert type(decision) is refusal
    assert isinstance(decision, r.Refusal)
    assert decision.message.zh and decision.message.en
    assert "{" not in decision.message.zh + decision.message.en
    story, command, actor = passes()
    assert story.outcome(command, actor) == ""


def test_every_refusal_is_provoked() -> None:
    every = {cls.__name__ for cls in vars(r).values() if isinstance(cls, type) and issubclass(cls, r.Refusal)}
    assert {rule[0].__name__ for rule in RULES} == every - {"Refusal"} - OF_THE_LEDGER
    tests = "".join(path.read_text() for path in (Path(__file__).parents[1] / "ledger").glob("test_*.py"))
    for code in OF_THE_LEDGER:
        assert re.search(rf'"{code}"', tests), code


# Independence


@pytest.mark.parametrize(
    ("doing", "checking", "outcome"),
    [
        (TOWN, TOWN, "VerifierOfDoersUnit"),
        (TOWN, SECTION, "VerifierOfDoersUnit"),
        (COUNTY, SECTION, "VerifierOfDoersUnit"),
        (CITY, TEAM, "VerifierOfDoersUnit"),
        (TOWN, COUNTY, ""),
        (SECTION, TOWN, ""),
        (TOWN, CITY, ""),
        (TOWN, OTHER_TOWN, ""),
        (TOWN, TEAM, ""),
        (DISSOLVED, TOWN, "VerifierOfDoersUnit"),
        (DISSOLVED, SECTION, "VerifierOfDoersUnit"),
        (DISSOLVED, COUNTY, ""),
        (TOWN, DISSOLVED, ""),
    ],
)
@pytest.mark.parametrize("who", ["acting", "typing"])
def test_a_verifier_is_on_the_doers_side_below_it_or_in_its_place(
    doing: int, checking: int, outcome: str, who: str
) -> None:
    """Above is another side: a county checks its town. A unit that took another's place answers for it."""
    story = Story(CARELESS).does(
        registration(stage="", fields={"title": "x", "measure": "y"}), anybody(1, OFFICE)
    )
    story.does(DONE, anybody(3, doing))
    checker, other = agent(8, checking, *DUTIES), agent(9, OTHER_TOWN, *DUTIES)
    actor = Actor(checker, other) if who == "acting" else Actor(other, checker)
    assert story.outcome(replace(PASS, source=PHONE), actor) == outcome
    fails = c.FailVerification(entry_id=ID, reason="没好", source=PHONE)
    assert story.outcome(fails, actor) == outcome


@pytest.mark.parametrize("unit", [TOWN, SECTION])
def test_the_unit_it_lies_with_cannot_verify_though_another_did_the_work(unit: int) -> None:
    story = working(CARELESS).does(DONE, anybody(3, OTHER_TOWN))
    assert story.outcome(PASS, anybody(8, unit)) == "VerifierOfDoersUnit"
    assert story.outcome(PASS, anybody(8, TEAM)) == ""


def test_a_verifier_of_the_doers_unit_is_told_so_and_not_that_verifiers_alone_may() -> None:
    """The shipped playbooks ask for verifiers from outside: that, too, must not hide the reason."""
    roles = tuple(
        replace(role, standing="outside") if role.duty == "verify" else role for role in PLAYBOOK.roles
    )
    story = reported(playbook=replace(PLAYBOOK, roles=roles))
    assert story.outcome(PASS, anybody(8, TOWN)) == "VerifierOfDoersUnit"
    assert story.outcome(PASS, anybody(3, TEAM)) == "VerifierIsDoer"
    assert story.outcome(PASS, alone(8, TEAM, "handle")) == "NotYourDuty"
    assert story.outcome(PASS, CHECKER) == ""


def test_who_types_for_the_doer_is_a_doer() -> None:
    typed = Actor(WORKER.acting, agent(9, OFFICE, "register"))
    story = reported(typed, source=PHONE)
    assert story.outcome(PASS, anybody(9, TEAM)) == "VerifierIsDoer"
    assert story.outcome(PASS, anybody(8, OFFICE)) == "VerifierOfDoersUnit"
    assert story.outcome(PASS, anybody(8, TEAM)) == ""


def test_who_types_for_the_verifier_is_judged_like_the_verifier() -> None:
    def typing(typist: Agent) -> str:
        return reported().outcome(replace(PASS, source=PHONE), Actor(CHECKER.acting, typist))

    assert typing(agent(3, TEAM, "register")) == "VerifierIsDoer"
    assert typing(agent(8, TOWN, "register")) == "VerifierOfDoersUnit"
    assert typing(agent(8, None, "register")) == "NoUnit"
    assert typing(agent(8, OFFICE, "register")) == ""


def test_work_done_before_a_failed_verification_counts() -> None:
    story = reported().does(c.FailVerification(entry_id=ID, reason="没好"), CHECKER)
    story.does(transferred(OTHER_TOWN), DESK).does(ACCEPT, anybody(10, OTHER_TOWN)).does(
        DONE, anybody(10, OTHER_TOWN)
    )
    assert story.outcome(PASS, anybody(8, TOWN)) == "VerifierOfDoersUnit"
    assert story.outcome(PASS, anybody(3, TEAM)) == "VerifierIsDoer"
    assert story.outcome(PASS, CHECKER) == ""


@pytest.mark.parametrize(
    "command", [transferred(OTHER_TOWN), sent_back("不归我们管")], ids=["transferred", "returned"]
)
def test_a_unit_that_leads_no_longer_takes_its_posts_with_it(command: c.AnyCommand) -> None:
    given = assignment(responsible_post=MAYOR, overseeing_post=COUNTY_HEAD)
    story = begun().does(given, DESK)
    assert story.entry is not None
    assert (story.entry.responsible_post, story.entry.overseeing_post) == (MAYOR, COUNTY_HEAD)
    story.does(command, DESK if isinstance(command, c.TransferEntry) else WORKER)
    assert (story.entry.responsible_post, story.entry.overseeing_post) == (None, None)


# Whatever the playbook says


@pytest.mark.parametrize("stage", ["new", "assigned", "working", "done"])
def test_no_playbook_strikes_off_what_nobody_verified(stage: str) -> None:
    ways: dict[str, Callable[[], Story]] = {
        "new": lambda: begun(CARELESS),
        "assigned": lambda: assigned(CARELESS),
        "working": lambda: working(CARELESS),
        "done": lambda: reported(playbook=CARELESS),
    }
    story = ways[stage]()
    assert story.entry is not None
    assert story.entry.stage == stage
    assert story.outcome(CLOSE, anybody(8, TEAM)) == "NotVerified"


def test_a_verification_does_not_outlive_another_report_of_done() -> None:
    story = verified(CARELESS).does(DONE, anybody(3, TOWN))
    assert story.outcome(CLOSE, anybody(8, TEAM)) == "NotVerified"


def test_no_playbook_lets_the_operator_verify_or_strike_off() -> None:
    assert reported(playbook=CARELESS).outcome(PASS, OPERATOR) == "NoUnit"
    assert (
        reported(playbook=CARELESS).outcome(c.FailVerification(entry_id=ID, reason="x"), OPERATOR) == "NoUnit"
    )
    assert verified(CARELESS).outcome(CLOSE, OPERATOR) == "NoUnit"
    by_operator = Actor(CLOSER.acting, OPERATOR.acting)
    assert verified().outcome(replace(CLOSE, source=PHONE), by_operator) == "NoUnit"


def test_no_playbook_lets_anybody_verify_what_nobody_reported() -> None:
    """Rows of a sheet that start at a stage of the kind `done`, or a move that leads there by another name."""
    first = next(move for move in CARELESS.moves if move.verb == "register")
    starts = replace(
        CARELESS, moves=tuple(replace(m, to="done") if m is first else m for m in CARELESS.moves)
    )
    fields = {"title": "x", "measure": "y"}
    story = Story(starts).does(registration(fields=fields), anybody(1, OFFICE))
    assert story.entry is not None
    assert story.entry.stage == "done"
    for person, unit in ((1, OFFICE), (8, TEAM)):
        assert story.outcome(PASS, anybody(person, unit)) == "NotReportedDone"
    accepts = replace(
        CARELESS, moves=tuple(replace(m, to="done") if m.verb == "accept" else m for m in CARELESS.moves)
    )
    accepted = assigned(accepts, fields=fields).does(ACCEPT, anybody(3, TOWN))
    assert accepted.outcome(PASS, anybody(8, TEAM)) == "NotReportedDone"


# Parts


@pytest.mark.parametrize("step", ["pass", "close_out"])
def test_the_whole_is_not_struck_off_while_a_part_is_open_again(step: str) -> None:
    story = split()
    for part in TWO_PARTS:
        part_done(story, part.entry_id)
    story.does(DONE, WORKER)
    if step == "close_out":
        story.does(PASS, CHECKER)
    story.does(c.FailVerification(entry_id=TWO_PARTS[0].entry_id, reason="没好"), CHECKER)
    command, actor = (PASS, CHECKER) if step == "pass" else (CLOSE, CLOSER)
    assert story.outcome(command, actor) == "PartsNotDone"
    story.does(c.ReportDone(entry_id=TWO_PARTS[0].entry_id), WORKER)
    assert story.outcome(command, actor) == ""


def test_a_void_part_is_settled() -> None:
    story = part_done(split(), TWO_PARTS[0].entry_id)
    story.does(c.VoidEntry(entry_id=TWO_PARTS[1].entry_id, reason="重复"), DESK)
    assert story.outcome(DONE, WORKER) == ""


# Closures from before


def test_a_claim_is_no_closure_and_its_importer_cannot_verify_it() -> None:
    typed = Actor(agent(1, OFFICE, *DUTIES), agent(2, OFFICE, *DUTIES))
    story = claimed(typed, lead_unit=TOWN, source=PHONE)
    assert story.entry is not None
    assert (story.entry.stage, story.entry.closed_on, story.entry.verified_on) == (CLAIMED_STAGE, None, None)
    for command in (PASS, CLOSE, ACCEPT, DONE, PROGRESS):
        assert story.outcome(command, anybody(8, TEAM)) in {"NotYourStage", "NotReportedDone"}
    story.does(c.SendClaimToVerification(entry_id=ID), CLERK)
    assert story.outcome(CLOSE, anybody(8, TEAM)) == "NotYourStage"
    for importer in (1, 2):
        assert story.outcome(PASS, anybody(importer, TEAM)) == "VerifierIsDoer"
    assert story.outcome(PASS, anybody(8, TOWN)) == "VerifierOfDoersUnit"
    assert story.outcome(PASS, CHECKER) == ""


def test_a_claiming_unit_that_assisted_only_leads_afterwards() -> None:
    story = begun(assisting_units=(TOWN, TEAM)).does(CLAIM, anybody(3, TOWN))
    assert story.entry is not None
    assert (story.entry.lead_unit, story.entry.assisting_units) == (TOWN, (TEAM,))


# What is said word for word


def test_an_instruction_is_kept_word_for_word() -> None:
    text = "  请即办。\n——王某　"
    decision = begun().tries(c.RecordInstruction(entry_id=ID, text=text, by="王某"), DESK)
    assert decision == (e.InstructionRecorded(text=text, by="王某"),)


def test_a_flag_leaves_the_stage_alone_and_is_dated() -> None:
    story = assigned()
    for flag in ("solved", "resolved", "satisfied", "carried"):
        story.does(c.SetFlag(entry_id=ID, flag=flag), DESK)
    assert story.entry is not None
    assert story.entry.stage == "assigned"
    assert dict(story.entry.flags) == dict.fromkeys(("solved", "resolved", "satisfied", "carried"), TODAY)
