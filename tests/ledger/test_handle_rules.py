"""What the rules of the loop look like through `handle`: parts, 代录, earlier days, 检举控告."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.values import EvidenceRef, Part, RowOrigin, Source
from taizhang.ledger import queries
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.visibility import scope_of
from tests.ledger.office import BY_PHONE, Office, done, refusals, row_counts, rows, stage, versions

# Parts


def split(office: Office, entry: UUID, *leads: int | None) -> list[UUID]:
    parts = tuple(Part(new_id(), f"第{n}段", lead) for n, lead in enumerate(leads, 1))
    done(handle([c.SplitEntry(entry_id=entry, parts=parts, reason="分段办理")], office.desk))
    return [part.entry_id for part in parts]


def test_a_split_makes_its_parts_and_the_parent_waits_for_all_of_them(office: Office) -> None:
    entry = office.assigned(fields={"kind": "环境", "measure": "修"})
    one, other = split(office, entry, office.town, None)
    found = rows(
        "SELECT number, title, lead_unit_id, parent_id FROM entry WHERE parent_id IS NOT NULL ORDER BY 1"
    )
    number = f"{office.today.year}-00001"
    assert found == [(f"{number}-1", "第1段", office.town, entry), (f"{number}-2", "第2段", None, entry)]
    everybody = office.everything_at(office.town)
    done(handle([c.AcceptEntry(entry_id=entry)], everybody))
    for part in (one, other):
        result = handle([c.ReportDone(entry_id=entry)], everybody)
        assert refusals(result) == ["PartsNotDone"]
        assert result.outcomes[0].refusal is not None
        assert f"{number}-2" in result.outcomes[0].refusal.what.zh
        office.assign(part, office.town)
        office.reported_done(part)
    done(handle([c.ReportDone(entry_id=entry)], everybody))


def test_parts_of_the_same_call_count(office: Office) -> None:
    entry = office.assigned(fields={"measure": "修"})
    one, other = split(office, entry, office.town, office.town)
    everybody = office.everything_at(office.town)
    done(handle([c.AcceptEntry(entry_id=entry)], everybody))
    for part in (one, other):
        office.assign(part, office.town)
        done(handle([c.AcceptEntry(entry_id=part)], everybody))
    done(handle([c.ReportDone(entry_id=item) for item in (one, other, entry)], everybody))
    assert [stage(item) for item in (one, other, entry)] == ["done"] * 3


def test_a_part_that_fails_keeps_its_parent_from_passing(office: Office) -> None:
    entry = office.assigned(fields={"measure": "修"})
    parts = split(office, entry, office.town, office.town)
    everybody = office.everything_at(office.town)
    for part in parts:
        office.assign(part, office.town)
        office.reported_done(part)
    done(handle([c.AcceptEntry(entry_id=entry)], everybody))
    done(handle([c.ReportDone(entry_id=entry)], everybody))
    fail = c.FailVerification(entry_id=parts[1], reason="没修好")
    passes = c.PassVerification(entry_id=entry)
    assert refusals(handle([fail, passes], office.checker, on_refusal="skip")) == ["", "PartsNotDone"]
    done(handle([c.ReportDone(entry_id=parts[1])], everybody))
    done(handle([passes], office.checker))


def test_a_part_cannot_take_the_id_of_another_entry(live_office: Office) -> None:
    office = live_office
    entry, taken = office.registered(), office.registered("别的")
    for parts in ((taken, new_id()), (new_id(), taken)):
        command = c.SplitEntry(entry_id=entry, parts=tuple(Part(i, "段") for i in parts), reason="分段")
        assert refusals(handle([command], office.desk)) == ["AlreadyRegistered"]
        both: list[c.AnyCommand] = [c.MakeComment(entry_id=taken, text="先"), command]
        assert refusals(handle(both, office.desk, on_refusal="skip")) == ["", "AlreadyRegistered"]
    assert versions(entry) == [1]


def test_sealed_values_of_the_whole_are_shared_by_its_parts(office: Office) -> None:
    entry = office.registered(fields={"phone": "13800000000"})
    split(office, entry, None, None)
    fields = rows("SELECT DISTINCT fields->'phone' FROM entry")
    assert len(fields) == 1
    assert row_counts()["sealed"] == 1


# Who typed, and when it was


def test_recording_for_another_needs_a_source_and_shows(office: Office) -> None:
    entry = office.assigned()
    done(handle([c.AcceptEntry(entry_id=entry)], office.worker))
    typed = Actor(office.worker.acting, office.clerk.acting)
    said = c.ReportProgress(entry_id=entry, text="已到现场")
    assert refusals(handle([said], typed)) == ["SourceMissing"]
    told = c.ReportProgress(entry_id=entry, text="已到现场", source=BY_PHONE)
    done(handle([told], typed))
    last = queries.time_line(1, scope_of(office.desk.acting), entry)[-1]
    assert last.for_another
    assert (last.acted_by, last.typed_by) == (office.people["办理员丙"], office.people["登记员甲"])
    assert (last.source, last.unit_id, last.typed_unit_id) == (BY_PHONE, office.town, office.city)
    mine = queries.Filters(office.ledger_id, typed_for_another=True)
    assert [item.for_another_count for item in queries.each(1, scope_of(office.desk.acting), mine)] == [1]
    checks = Actor(office.checker.acting, office.worker.acting)
    assert refusals(handle([c.MakeComment(entry_id=entry, text="x", source=BY_PHONE)], checks)) == [
        "MayNotTypeForOthers"
    ]


def test_both_who_act_and_who_type_must_see_the_entry(office: Office) -> None:
    entry = office.assigned()
    stranger = office.agent("乙县员壬", office.other_town)
    told = c.MakeComment(entry_id=entry, text="x", source=BY_PHONE)
    for actor in (Actor(stranger, office.desk.acting), Actor(office.desk.acting, stranger)):
        assert refusals(handle([told], actor)) == ["NoSuchEntry"]


def test_an_earlier_day_needs_a_source(office: Office) -> None:
    yesterday = office.today - timedelta(days=1)
    bare = office.registration(occurred_on=yesterday)
    assert refusals(handle([bare], office.clerk)) == ["SourceMissing"]
    done(handle([office.registration(occurred_on=yesterday, source=BY_PHONE)], office.clerk))
    ((occurred, recorded),) = rows("SELECT occurred_on, recorded_at FROM event")
    assert occurred == yesterday
    assert recorded.astimezone(office.site.zone).date() == office.today
    future = office.registration(occurred_on=office.today + timedelta(days=1), source=BY_PHONE)
    assert refusals(handle([future], office.clerk)) == ["OccurredInTheFuture"]


@pytest.mark.parametrize("bad", ["a\0b", "残\ud800缺"])
def test_text_that_cannot_be_stored_is_refused_wherever_it_stands(office: Office, bad: str) -> None:
    entry = office.assigned()
    origin = RowOrigin(key="00", digest="00", file=bad, sheet="表", row=1)
    sheet = RowOrigin(key="00", digest="00", file="a.xlsx", sheet=bad, row=1)
    commands: list[c.AnyCommand] = [
        office.registration(bad),
        office.registration(fields={"phone": bad}),
        office.registration(fields={"letter": bad}),
        office.registration(closure_claimed=bad),
        office.registration(source=Source("paper", bad)),
        office.registration(origin=origin),
        office.registration(origin=sheet),
        c.MakeComment(entry_id=entry, text=bad),
        c.MakeComment(entry_id=entry, text="好", source=Source("paper", bad)),
        c.RecordInstruction(entry_id=entry, text="好", by=bad),
        c.SetFlag(entry_id=entry, flag="carried", note=bad),
        c.AttachEvidence(entry_id=entry, evidence=EvidenceRef(uuid4(), "ab", bad, 1)),
        c.AmendEntry(entry_id=entry, changes={"title": "改"}, reason=bad),
        c.AmendEntry(entry_id=entry, changes={"title": bad}),
    ]
    everybody = Actor.alone(office.agent("领导己", office.town, scope=office.city))
    for command in commands:
        assert refusals(handle([command], everybody)) in (["TextNotStorable"], ["FieldInvalid"]), command


# 检举控告


def accused(office: Office) -> UUID:
    """Registered by the county, an accusation against its town, handled by 督查室."""
    county = Actor.alone(office.agent("县员辛", office.county, "register", scope=office.city))
    command = office.registration("城关镇乱收费", fields={"kind": "环境"}, lead_unit=office.checking)
    entry = done(handle([command], county)).outcomes[0].entry_id
    flag = c.SetFlag(entry_id=entry, flag="accusation", named_units=(office.town,))
    done(handle([flag], office.desk))
    return entry


@pytest.mark.parametrize("unit", ["town", "section"])
def test_the_named_unit_and_those_below_it_learn_nothing(office: Office, unit: str) -> None:
    entry = accused(office)
    plain = office.registered("城关镇路灯", fields={"kind": "环境"})
    named = getattr(office, unit)
    for reach in (office.city, office.county, named):
        scope = scope_of(office.agent("站员庚", named, scope=reach))
        sees = {plain} if reach == office.city else set()
        every = queries.Filters(office.ledger_id)
        for filters in (
            every,
            queries.Filters(office.ledger_id, search="城关镇"),
            queries.Filters(office.ledger_id, stages=("new",)),
        ):
            assert {item.entry_id for item in queries.page(1, scope, filters).entries} == sees
            assert {item.entry_id for item in queries.each(1, scope, filters)} == sees
            assert queries.count(1, scope, filters) == len(sees)
        assert queries.count(1, scope, queries.Filters(office.ledger_id, flag="accusation")) == 0
        assert queries.by_id(1, scope, entry) is None
        assert queries.time_line(1, scope, entry) == ()
        number = rows("SELECT number FROM entry WHERE entry_id = %s", entry)[0][0]
        assert queries.by_number(1, scope, office.ledger_id, number) is None
    insider = Actor.alone(office.agent("站员庚", named, scope=office.city))
    probe = handle([c.MakeComment(entry_id=entry, text="探", expected_version=9)], insider)
    nothing = handle([c.MakeComment(entry_id=uuid4(), text="探", expected_version=9)], insider)
    assert probe.outcomes[0].refusal == nothing.outcomes[0].refusal == r.NoSuchEntry()
    typed = Actor(office.desk.acting, insider.acting)
    assert refusals(handle([c.MakeComment(entry_id=entry, text="x", source=BY_PHONE)], typed)) == [
        "NoSuchEntry"
    ]


def test_others_see_the_accusation(office: Office) -> None:
    entry = accused(office)
    for actor in (office.desk, office.checker, Actor.alone(office.agent("县员辛", office.county))):
        assert queries.by_id(1, scope_of(actor.acting), entry) is not None


def test_an_accusation_never_goes_to_the_unit_it_names_nor_below(office: Office) -> None:
    entry = accused(office)
    due = office.today
    for unit in (office.town, office.section):
        commands: list[c.AnyCommand] = [
            c.AssignEntry(entry_id=entry, lead_unit=unit, due_on=due),
            c.AssignEntry(entry_id=entry, lead_unit=office.checking, assisting_units=(unit,), due_on=due),
            c.TransferEntry(entry_id=entry, lead_unit=unit, reason="转"),
            c.SplitEntry(
                entry_id=entry, parts=(Part(new_id(), "一", unit), Part(new_id(), "二")), reason="分"
            ),
            office.registration(lead_unit=unit, flags=("accusation",), named_units=(office.town,)),
        ]
        for command in commands:
            assert refusals(handle([command], office.desk)) == ["NamedUnitIsAssignee"], command
    done(handle([c.AssignEntry(entry_id=entry, lead_unit=office.county, due_on=due)], office.desk))


def test_a_unit_at_work_on_an_entry_cannot_be_named_in_it(office: Office) -> None:
    flag = {"flag": "accusation", "named_units": (office.county,)}
    entry = office.assigned()
    assert refusals(handle([c.SetFlag(entry_id=entry, **flag)], office.desk)) == ["NamedUnitWorksOnIt"]  # type: ignore[arg-type]
    whole = office.registered()
    split(office, whole, office.section, None)
    assert refusals(handle([c.SetFlag(entry_id=whole, **flag)], office.desk)) == ["NamedUnitWorksOnIt"]  # type: ignore[arg-type]
