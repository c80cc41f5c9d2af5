"""`handle`, one command or thousands: all or nothing, once, and by one writer at a time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.values import EvidenceRef, Part, SealedRef
from taizhang.ledger import categories, keystore, numbers, store
from taizhang.ledger.handle import CHUNK, handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.outcome import Result
from tests.ledger.office import Office, done, refusals, row_counts, rows, stage, together, versions

MANY = 5_000


# One and many


def test_one_command_writes_one_event_and_says_what_came_of_it(office: Office) -> None:
    command = office.registration(fields={"phone": "13800000000"})
    (outcome,) = done(handle([command], office.clerk)).outcomes
    assert (outcome.entry_id, outcome.version) == (command.entry_id, 1)
    assert outcome.number == f"{office.today.year}-00001"
    counts = row_counts()
    assert (counts["event"], counts["entry"], counts["entry_party"], counts["stay"]) == (1, 1, 1, 1)
    assert (counts["sealed"], counts["outbox"]) == (1, 1)


def test_no_command_writes_nothing(office: Office) -> None:
    assert handle([], office.clerk).outcomes == ()
    assert sum(row_counts().values()) == 0


def test_five_thousand_commands_are_answered_one_by_one_in_their_order(live_office: Office) -> None:
    office = live_office
    commands = [office.registration(f"第{n}号", fields={"kind": "环境"}) for n in range(MANY)]
    commands[1_234] = office.registration(fields={"kind": "没有的类别"})
    commands[4_321] = office.registration(lead_unit=999_999)
    result = handle(iter(commands), office.clerk, on_refusal="skip")
    assert [item.entry_id for item in result.outcomes] == [item.entry_id for item in commands]
    assert [(n, code) for n, code in enumerate(refusals(result)) if code] == [
        (1_234, "FieldInvalid"),
        (4_321, "UnitNotInForce"),
    ]
    written = [item.number for item in result.outcomes if item.refusal is None]
    assert written == [f"{office.today.year}-{n:05d}" for n in range(1, MANY - 1)]
    assert rows("SELECT count(*), count(DISTINCT batch_id), count(DISTINCT recorded_at) FROM event") == [
        (MANY - 2, 1, 1)
    ]


def test_commands_of_one_call_build_on_each_other_across_chunks(live_office: Office) -> None:
    office = live_office
    first = office.registration("先登记")
    filling = [office.registration(f"第{n}号") for n in range(CHUNK)]
    due = office.today + timedelta(days=5)
    then = c.AssignEntry(entry_id=first.entry_id, lead_unit=office.town, due_on=due)
    within = c.MakeComment(entry_id=filling[-1].entry_id, text="同一批")
    done(handle([first, *filling, within, then], office.desk))
    assert (versions(first.entry_id), stage(first.entry_id)) == ([1, 2], "assigned")
    assert versions(filling[-1].entry_id) == [1, 2]


def test_a_ledger_that_is_not_there_takes_nothing(office: Office) -> None:
    elsewhere = office.registration(ledger_id=office.ledger_id + 1)
    assert refusals(handle([elsewhere], office.clerk)) == ["LedgerUnknown"]
    assert sum(row_counts().values()) == 0


def test_an_aborted_call_leaves_nothing_behind(live_office: Office) -> None:
    office = live_office
    standing = office.registered()
    before, everything = row_counts(), rows("SELECT * FROM entry")
    commands: list[c.AnyCommand] = [
        *(office.registration(f"{n}", fields={"phone": "13900000000"}) for n in range(CHUNK + 1)),
        c.MakeComment(entry_id=standing, text="写上"),
        c.AttachEvidence(entry_id=standing, evidence=EvidenceRef(uuid4(), "ab", "image/png", 1)),
        office.registration(fields={"kind": "没有的类别"}),
        office.registration("后面的"),
    ]
    result = handle(commands, office.desk)
    assert not result.done
    codes = refusals(result)
    assert len(codes) == len(commands)
    assert codes[-3] == "NotYourDuty"
    assert {*codes[:-3], *codes[-2:]} == {"Aborted"}
    assert row_counts() == before
    assert rows("SELECT * FROM entry") == everything


def test_a_skipping_call_writes_the_others(office: Office) -> None:
    good, bad, last = (
        office.registration("一"),
        office.registration(fields={"none": "x"}),
        office.registration(),
    )
    result = handle([good, bad, last], office.clerk, on_refusal="skip")
    assert refusals(result) == ["", "FieldUnknown", ""]
    assert {row[0] for row in rows("SELECT entry_id FROM event")} == {good.entry_id, last.entry_id}
    assert [item.number[-5:] for item in result.outcomes] == ["00001", "", "00002"]


def test_a_ghost_category_of_an_aborted_call_is_not_remembered(live_office: Office) -> None:
    """The number a category got in a transaction that was rolled back may go to another one."""
    office = live_office
    commands = [office.registration(f"{n}", fields={"kind": "环境"}) for n in range(2 * CHUNK)]
    assert not handle([*commands, office.registration(fields={"none": "x"})], office.clerk).done
    office.registered(fields={"kind": "安全"})
    office.registered(fields={"kind": "环境"})
    counted = rows(
        "SELECT path, count(*) FROM entry JOIN category USING (site_id, category_id) GROUP BY path ORDER BY path"
    )
    assert counted == [("安全", 1), ("环境", 1)]
    assert categories.ids_of(1, ["环境"]) == dict(
        rows("SELECT path, category_id FROM category WHERE path = '环境'")
    )


# Two writers


def test_a_stale_version_says_who_changed_what_and_when(office: Office) -> None:
    entry = office.assigned()
    result = handle([c.MakeComment(entry_id=entry, text="旧页面", expected_version=1)], office.desk)
    (refusal,) = [item.refusal for item in result.outcomes]
    assert isinstance(refusal, r.StaleVersion)
    told = refusal.what.zh
    assert told.startswith("交办员乙")
    assert f"{office.today:%Y-%m-%d}" in told
    assert "交办" in told.removeprefix("交办员乙")
    done(handle([c.MakeComment(entry_id=entry, text="新页面", expected_version=2)], office.desk))


def test_of_two_who_saw_the_same_version_one_wins_and_one_is_told(live_office: Office) -> None:
    office = live_office
    for _ in range(5):
        entry = office.assigned()
        comments = (c.MakeComment(entry_id=entry, text=text, expected_version=2) for text in ("甲", "乙"))
        found = together(*(partial(handle, [comment], office.desk) for comment in comments))
        assert sorted(code for result in found for code in refusals(result)) == ["", "StaleVersion"]
        assert versions(entry) == [1, 2, 3]


def test_eight_writers_on_one_entry_all_get_their_turn(live_office: Office) -> None:
    office = live_office
    entry, desk = office.registered(), office.desk
    jobs = [
        lambda n=n: [handle([c.MakeComment(entry_id=entry, text=f"{n}-{m}")], desk) for m in range(5)]
        for n in range(8)
    ]
    for answers in together(*jobs):
        assert isinstance(answers, list), answers
        for result in answers:
            done(result)
    assert versions(entry) == list(range(1, 42))


def test_a_decision_is_taken_again_on_what_the_faster_writer_left(live_office: Office) -> None:
    """Of two who accept at once the second is refused by the rule, not by an error of the database."""
    office = live_office
    for _ in range(5):
        entry = office.assigned()
        found = together(*[partial(handle, [c.AcceptEntry(entry_id=entry)], office.worker)] * 2)
        assert sorted(code for result in found for code in refusals(result)) == ["", "NotYourStage"]
        assert versions(entry) == [1, 2, 3]


def test_batches_in_opposite_order_wait_for_each_other(live_office: Office) -> None:
    office = live_office
    desk = office.desk
    commands = [office.registration(f"{n}") for n in range(2 * CHUNK)]
    done(handle(commands, desk))
    ids = [item.entry_id for item in commands]

    def comment(order: list[UUID]) -> Result:
        return handle([c.MakeComment(entry_id=entry, text="批量") for entry in order], desk)

    for result in together(lambda: comment(ids), lambda: comment(ids[::-1]), lambda: comment(ids[5:6])):
        assert isinstance(result, Result), result
        done(result)
    found = rows("SELECT max(version), count(*) FROM event GROUP BY entry_id")
    assert sorted(set(found)) == [(3, 3), (4, 4)]


# Once


def test_the_same_call_is_carried_out_once(office: Office) -> None:
    def call(text: str) -> Result:
        made = office.registration(text)
        return handle([made, c.MakeComment(entry_id=made.entry_id, text="随登")], office.clerk, key="k-1")

    actor_clerk = office.clerk
    assert actor_clerk.acting.duties == {"register", "dispatch"}
    first, second, other = call("一"), call("一"), call("二")
    assert (first.repeated, second.repeated) == (False, True)
    assert (first.outcomes, first.batch_id) == (second.outcomes, second.batch_id)
    assert refusals(other) == ["KeyReused", "KeyReused"]
    assert row_counts()["event"] == 2
    assert not call("一").outcomes[0].refusal


def test_a_repeated_split_is_the_same_call_although_its_parts_have_new_ids(office: Office) -> None:
    entry = office.registered()

    def split(title: str = "一段") -> Result:
        parts = (Part(new_id(), title), Part(new_id(), "二段"))
        return handle([c.SplitEntry(entry_id=entry, parts=parts, reason="分段")], office.desk, key="s")

    first, second = done(split()), split()
    assert second.repeated and second.outcomes == first.outcomes
    assert refusals(split("别的")) == ["KeyReused"]
    assert row_counts()["entry"] == 3


def test_refusals_of_a_skipping_call_are_repeated_word_for_word(office: Office) -> None:
    commands = [office.registration("一"), office.registration(fields={"none": "x"})]
    first = handle(commands, office.clerk, key="k", on_refusal="skip")
    assert handle(commands, office.clerk, key="k", on_refusal="skip").outcomes == first.outcomes


def test_a_key_belongs_to_the_person_who_typed(office: Office) -> None:
    done(handle([office.registration("一")], office.clerk, key="k"))
    done(handle([office.registration("二")], office.desk, key="k"))


def test_the_same_call_made_twice_at_once_has_one_effect(live_office: Office) -> None:
    office = live_office
    desk, due = office.desk, office.today + timedelta(days=3)
    for n in range(6):
        entry = office.registered()
        commands = [c.AssignEntry(entry_id=entry, lead_unit=office.town, due_on=due)]
        one, other = together(*[partial(handle, commands, desk, key=f"twice-{n}")] * 2)
        assert one.outcomes == other.outcomes
        assert not one.refused
        assert sorted([one.repeated, other.repeated]) == [False, True]
        assert versions(entry) == [1, 2]
        new = (partial(handle, [office.registration("同")], desk, key=f"new-{n}") for _ in range(2))
        one, other = together(*new)
        assert one.outcomes == other.outcomes and not one.refused
    assert row_counts()["entry"] == 12


def test_a_twin_that_would_be_refused_by_its_own_effect_gets_its_result(
    live_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call commits between the second's look for it and the second's decision."""
    from taizhang.ledger import calls

    office = live_office
    entry, desk = office.registered(), office.desk
    commands = [c.AssignEntry(entry_id=entry, lead_unit=office.town, due_on=office.today)]
    look = calls.earlier
    results: list[Result] = []
    commands_sent: list[bool] = []

    def look_too_early(*given: Any) -> Result | None:
        found = look(*given)
        if not commands_sent:
            commands_sent.append(True)
            results.append(handle(commands, desk, key="twin"))
        return found

    monkeypatch.setattr(calls, "earlier", look_too_early)
    late = handle(commands, desk, key="twin")
    assert late.outcomes == results[0].outcomes
    assert late.repeated and not late.refused


def test_an_entry_is_registered_once(live_office: Office) -> None:
    office = live_office
    command = office.registration()
    done(handle([command], office.clerk))
    assert refusals(handle([command], office.clerk)) == ["AlreadyRegistered"]
    twice = office.registration("二")
    assert refusals(handle([twice, twice], office.clerk, on_refusal="skip")) == ["", "AlreadyRegistered"]
    later = [office.registration(f"{n}", fields={"kind": "环境"}) for n in range(CHUNK)]
    result = handle([command, *later, command], office.clerk, on_refusal="skip")
    assert refusals(result) == ["AlreadyRegistered", *[""] * CHUNK, "AlreadyRegistered"]
    assert versions(command.entry_id) == [1]


def test_an_entry_outside_the_scope_cannot_be_registered_again(live_office: Office) -> None:
    office = live_office
    known = office.registered()
    stranger = Actor.alone(office.agent("乙县员壬", office.other_town, "register", "dispatch"))
    result = handle([office.registration(entry_id=known)], stranger)
    assert refusals(result) == ["AlreadyRegistered"]


def test_a_retry_opens_no_entry_outside_the_scope(live_office: Office) -> None:
    """Registering a known id again forces a second attempt, which must look no further than the first."""
    office = live_office
    theirs, known = office.registered(), office.registered()
    stranger = Actor.alone(office.agent("乙县员壬", office.other_town, "register", "dispatch"))
    commands: list[c.AnyCommand] = [
        office.registration(entry_id=known),
        c.MakeComment(entry_id=theirs, text="越权"),
        c.MakeComment(entry_id=known, text="越权"),
    ]
    result = handle(commands, stranger, on_refusal="skip")
    assert refusals(result)[1:] == ["NoSuchEntry", "NoSuchEntry"]
    assert versions(theirs) == versions(known) == [1]


def test_values_sealed_after_a_refused_registration_can_be_opened(live_office: Office) -> None:
    """A refused second registration must not put a key of its own in the place of the entry's."""
    from taizhang.ledger import vault

    office = live_office
    known = office.registered(fields={"phone": "13800000000"})
    again = office.registration(entry_id=known, fields={"phone": "13800000001"})
    new = c.AmendEntry(entry_id=known, changes={"phone": "13800000002"})
    everybody = Actor.alone(office.agent("登记员甲", office.city))
    assert refusals(handle([again, new], everybody, on_refusal="skip")) == ["AlreadyRegistered", ""]
    (amended,) = (item.event for item in store.histories(1, [known])[known] if item.version == 2)
    assert isinstance(amended, e.EntryAmended)
    ref = amended.changes["phone"]
    assert isinstance(ref, SealedRef)
    ((subject, ciphertext),) = rows("SELECT subject_id, ciphertext FROM sealed WHERE ref = %s", ref.ref)
    assert vault.opened(ref, subject, ciphertext) == "13800000002"
    assert rows("SELECT count(*) FROM sealed") == [(2,)]
    assert keystore.keystore().find([subject])


# Numbers


def test_numbers_are_unique_and_every_gap_is_explained(live_office: Office) -> None:
    office = live_office
    clerk = office.clerk

    def write(who: str) -> None:
        for n in range(15):
            commands: list[c.AnyCommand] = [office.registration(f"{who}{n}-{m}") for m in range(3)]
            if n % 5 == 0:
                commands.append(office.registration(fields={"none": "x"}))
            handle(commands, clerk)

    assert together(lambda: write("甲"), lambda: write("乙")) == [None, None]
    given = [row[0] for row in rows("SELECT number FROM entry")]
    assert len(given) == len(set(given)) == 2 * 12 * 3
    missing = [gap.number for gap in numbers.gaps(1, office.ledger_id, office.playbook)]
    year = office.today.year
    assert sorted([*given, *missing]) == [f"{year}-{n:05d}" for n in range(1, len(given) + len(missing) + 1)]
    assert len(missing) == 2 * 3 * 4


def test_numbers_have_no_gap_where_nothing_was_aborted(live_office: Office) -> None:
    office = live_office
    clerk = office.clerk
    bad = [office.registration(fields={"none": "x"})]

    def write() -> None:
        for n in range(15):
            handle([office.registration(f"{n}"), *bad, office.registration(f"{n}")], clerk, on_refusal="skip")

    assert together(write, write) == [None, None]
    given = sorted(row[0] for row in rows("SELECT number FROM entry"))
    assert len(given) == 60
    missing = {gap.number for gap in numbers.gaps(1, office.ledger_id, office.playbook)}
    assert not missing & set(given)
    assert len(missing) == 30
