"""Writing through the API: registering, moves, and every way of being refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from taizhang.core import commands as c
from taizhang.core.playbook import VERBS
from taizhang.ledger.handle import handle
from taizhang.org.models import Post
from taizhang.org.spellings import Answer, settle
from taizhang.org.tree import units_now
from tests.api.callers import Caller, Staff, fault, places, read
from tests.ledger.office import Office, done, rows


def in_ten_days(office: Office) -> str:
    return (office.today + timedelta(days=10)).isoformat()


def test_an_entry_goes_all_the_way_by_named_moves(staff: Staff, office: Office) -> None:
    registered = staff.clerk.register(fields={"kind": "安全/消防", "money": "3.5"})
    entry = read(registered, 201)
    assert registered["Location"] == f"/api/entries/{entry['id']}" and registered["ETag"] == '"1"'
    steps: list[tuple[Caller, str, dict[str, Any]]] = [
        (staff.clerk, "assign", {"lead_unit": office.town, "due_on": in_ten_days(office)}),
        (staff.worker, "accept", {}),
        (staff.worker, "progress", {"text": "已购灯"}),
        (staff.worker, "amend", {"changes": {"measure": "更换灯具", "money": 4}}),
        (staff.worker, "report_done", {"text": "已亮"}),
        (staff.checker, "pass", {"text": "现场看过"}),
        (staff.closer, "close_out", {}),
    ]
    for version, (who, verb, said) in enumerate(steps, 1):
        response = who.move(entry["id"], verb, version, **said)
        assert read(response)["version"] == version + 1, verb
        assert response["ETag"] == f'"{version + 1}"'
    shown = read(staff.clerk.get(f"entries/{entry['id']}"))
    assert (shown["stage"], shown["fields"]["money"], shown["fields"]["measure"]) == (
        "closed",
        "4",
        "更换灯具",
    )


def test_fields_are_read_as_in_every_door_and_sealed_at_once(staff: Staff, office: Office) -> None:
    given = {"due": "2026年12月31日", "unit": "城关镇", "phone": "13800138000", "money": None}
    entry = read(staff.clerk.register(fields=given), 201)
    assert {"due_on": "2026-12-31", "lead_unit": {"id": office.town, "name": "城关镇"}}.items() <= read(
        staff.clerk.get(f"entries/{entry['id']}")
    ).items()
    ((body,),) = rows("SELECT body::text FROM event")
    assert "13800138000" not in body


def test_a_unit_is_read_as_its_spelling_was_settled(staff: Staff, office: Office) -> None:
    assert staff.clerk.register(fields={"unit": "城关"}).status_code == 422
    settle({"城关": Answer((office.town,))}, office.operator.acting, units_now())
    entry = read(staff.clerk.register(fields={"unit": "城关"}), 201)
    assert read(staff.clerk.get(f"entries/{entry['id']}"))["lead_unit"]["id"] == office.town


def test_every_fault_of_the_fields_is_named_at_once(staff: Staff) -> None:
    response = staff.clerk.register(
        fields={"kind": "无此类", "due": "立行立改", "colour": "red", "unit": "城管镇"}
    )
    assert places(response) == {
        "body.fields.kind": "not_a_category",
        "body.fields.due": "not_understood",
        "body.fields.colour": "FieldUnknown",
    }
    assert places(staff.clerk.register(fields={"unit": "城管镇"})) == {"body.fields.unit": "unit_unknown"}
    assert fault(staff.clerk.register(title=""), 422)["code"] == "FieldMissing"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"fields": {"title": "路\0灯"}}, "body.fields.title"),
        ({"fields": {"title": "灯" * 501}}, "body.fields.title"),
        ({"fields": {"letter": "灯" * 30_001}}, "body.fields.letter"),
        ({"fields": {"phone": "138\0"}}, "body.fields.phone"),
        ({"fields": {"title": "灯"}, "lead_unit": 2**63}, "body.lead_unit"),
        ({"fields": {"title": "灯"}, "closure_claimed": "是\0"}, "body.closure_claimed"),
        ({"fields": {"title": "灯"}, "stage": "closed"}, "body.stage"),
        ({"fields": {"title": "灯"}, "acted_by": 999}, "body.acted_by"),
        ({}, "body.fields"),
    ],
)
def test_limits_and_nul_are_answered_with_their_place(staff: Staff, body: object, where: str) -> None:
    assert list(places(staff.clerk.post("ledgers/sample/entries", body))) == [where]


@pytest.mark.parametrize(
    "body", ['{"fields"', "[" * 100_000, b"\xff\xfe", "1" * 10_000], ids=["cut", "deep", "bytes", "digits"]
)
def test_what_is_no_json_is_said_to_be_none(staff: Staff, body: str | bytes) -> None:
    assert fault(staff.clerk.post("ledgers/sample/entries", body), 400)["code"] == "unreadable"


def test_a_request_too_large_is_told_so(staff: Staff) -> None:
    response = staff.clerk.post("ledgers/sample/entries", {"fields": {"title": "灯" * 3_000_000}})
    assert fault(response, 413)["code"] == "too_large"


def test_only_a_lone_surrogate_makes_a_text_invalid_not_the_server(staff: Staff) -> None:
    assert places(
        staff.clerk.post("ledgers/sample/entries", r'{"fields": {"title": "\ud800", "\udfff": ""}}')
    )


def test_the_same_key_registers_once(staff: Staff) -> None:
    body = {"fields": {"title": "路灯"}}
    first = read(staff.clerk.post("ledgers/sample/entries", body, idempotency_key="k1"), 201)
    again = read(staff.clerk.post("ledgers/sample/entries", body, idempotency_key="k1"), 201)
    assert again == {**first, "repeated": True}
    other = staff.clerk.post("ledgers/sample/entries", {"fields": {"title": "别的"}}, idempotency_key="k1")
    assert fault(other, 409)["code"] == "KeyReused"
    assert places(staff.clerk.post("ledgers/sample/entries", body, idempotency_key="k" * 201))
    assert rows("SELECT count(*) FROM entry") == [(1,)]


def test_the_same_key_moves_once_though_the_version_went_on(staff: Staff, office: Office) -> None:
    entry = office.registered()
    said = {"lead_unit": office.town, "due_on": in_ten_days(office)}
    path = f"entries/{entry}/moves/assign"
    for repeated in (False, True):
        answered = read(staff.clerk.post(path, said, if_match='"1"', idempotency_key="k"))
        assert (answered["version"], answered["repeated"]) == (2, repeated)


def test_a_move_needs_the_version_that_was_seen(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    assert fault(staff.worker.move(entry, "accept", None), 428)["code"] == "version_missing"
    for tag in ("*", "2", 'W/"2"', '"2", "3"', '"02"', '"٣"'):
        response = staff.worker.post(f"entries/{entry}/moves/accept", {}, if_match=tag)
        assert places(response) == {"header.If-Match": "no_version"}
    read(staff.worker.move(entry, "accept", 2))


def test_a_stale_version_shows_both_what_was_done_and_by_whom(staff: Staff, office: Office) -> None:
    entry = office.assigned(fields={"phone": "13800138000"})
    changes = {"title": "路灯全不亮", "phone": "13900139000"}
    done(handle([c.AmendEntry(entry_id=entry, changes=changes)], office.everything_at(office.town)))
    response = staff.worker.move(entry, "amend", 2, changes={"title": "路灯半亮"})
    error = fault(response, 412)
    assert (error["code"], error["version"], response["ETag"]) == ("StaleVersion", 3, '"3"')
    (since,) = error["since"]
    assert since["acted_by"]["name"] == "办理员丙" and "办理员丙" in error["message"]["zh"]
    assert since["facts"]["changes"] == {"title": "路灯全不亮", "phone": {"sealed": True}}


def test_the_post_that_answers_is_one_of_the_lead_unit(staff: Staff, office: Office) -> None:
    entry = office.registered()
    said = {"lead_unit": office.town, "due_on": in_ten_days(office)}
    own, above, elsewhere = (
        Post.objects.get(unit_id=unit).id for unit in (office.town, office.county, office.other_county)
    )
    for part, code in (
        ("responsible_post", "ResponsiblePostElsewhere"),
        ("overseeing_post", "OverseeingPostElsewhere"),
    ):
        assert fault(staff.clerk.move(entry, "assign", **said, **{part: elsewhere}), 409)["code"] == code
        assert fault(staff.clerk.move(entry, "assign", **said, **{part: 10**9}), 409)["code"] == code
    read(staff.clerk.move(entry, "assign", **said, responsible_post=own, overseeing_post=above))


def test_who_may_not_is_told_who_may(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    error = fault(staff.checker.move(entry, "accept", 2), 403)
    assert error["code"] == "NotYourDuty" and "责任单位" in error["message"]["zh"]
    assert fault(staff.worker.register(), 403)["code"] == "NotYourDuty"
    office.reported_done(entry)
    appointed = Caller(office.people["核查员丁"])
    assert fault(staff.closer.move(entry, "pass", 5), 403)["code"] == "NotYourDuty"
    read(appointed.move(entry, "pass", 5))


def test_nobody_verifies_the_work_of_their_own_unit(staff: Staff, office: Office) -> None:
    from taizhang.org.founding import add_post, appoint

    appoint(office.people["站员庚"], add_post(office.section, "核查", ["verify"], scope_unit=office.city).id)
    entry = office.assigned()
    office.reported_done(entry)
    error = fault(Caller(office.people["站员庚"]).move(entry, "pass", 5), 403)
    assert error["code"] == "VerifierOfDoersUnit" and "另一单位" in error["message"]["zh"]


def test_what_the_entry_stands_against_is_a_conflict(staff: Staff, office: Office) -> None:
    entry = office.registered()
    assert fault(staff.closer.move(entry, "close_out"), 409)["code"] == "NotYourStage"
    late: dict[str, Any] = {"lead_unit": office.town, "due_on": "2001-01-01"}
    assert fault(staff.clerk.move(entry, "assign", **late), 409)["code"] == "DueInThePast"


@pytest.mark.parametrize("verb", ["accept", "comment", "amend", "report_done"])
def test_a_move_on_what_may_not_be_seen_finds_nothing(staff: Staff, office: Office, verb: str) -> None:
    bodies: dict[str, dict[str, Any]] = {"comment": {"text": "看"}, "amend": {"changes": {"title": "改"}}}
    said = bodies.get(verb, {})
    entry = office.assigned()
    nowhere = fault(staff.stranger.move(uuid4(), verb, 2, **said), 404)
    for version in (1, 2, 9):
        assert fault(staff.stranger.move(entry, verb, version, **said), 404) == nowhere


def test_a_named_unit_cannot_even_provoke_a_conflict(staff: Staff, office: Office) -> None:
    entry = office.assigned(unit=office.checking)
    flag = {"flag": "accusation", "named_units": [office.county]}
    done(handle([c.SetFlag(entry_id=entry, **flag)], office.desk))  # type: ignore[arg-type]
    assert fault(staff.worker.move(entry, "comment", 1, text="看"), 404)["code"] == "NoSuchEntry"
    assert fault(staff.county.move(entry, "comment", 3, text="看"), 404)["code"] == "NoSuchEntry"


def test_a_move_takes_what_is_its_own_and_names_the_rest(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    assert places(staff.clerk.move(entry, "transfer", 2, text="转", lead_unit=office.county)) == {
        "body.reason": "missing",
        "body.text": "not_for_this_move",
    }
    assert places(staff.clerk.move(entry, "transfer", 2, reorganised=True)) == {
        "body.reorganised": "extra_forbidden"
    }
    assert places(staff.clerk.move(entry, "comment", 2, text="灯" * 10_001)) == {
        "body.text": "string_too_long"
    }
    assert places(staff.clerk.move(entry, "register", 2)) == {"path.verb": "literal_error"}
    assert fault(staff.clerk.post(f"entries/{entry}/stage", {}), 404)["code"] == "nothing_here"


def test_every_verb_but_registering_and_attaching_is_a_move() -> None:
    from taizhang.api.moves import COMMANDS

    assert COMMANDS.keys() - {"unflag"} == set(VERBS) - {"register", "attach"}


def test_recording_for_another_needs_a_source_and_names_both(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    worker = office.people["办理员丙"]
    assert fault(staff.clerk.move(entry, "accept", 2, acted_by=worker), 409)["code"] == "SourceMissing"
    source = {"kind": "telephone", "note": "电话报来"}
    read(staff.clerk.move(entry, "accept", 2, acted_by=worker, source=source))
    last = read(staff.clerk.get(f"entries/{entry}/events"))["events"][-1]
    assert (last["acted_by"]["id"], last["typed_by"]["name"]) == (worker, "登记员甲")
    assert fault(
        staff.worker.move(entry, "comment", 3, text="看", acted_by=office.people["登记员甲"], source=source),
        403,
    )


def test_a_split_makes_parts(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    parts = [{"title": "灯"}, {"title": "线", "lead_unit": office.other_town}]
    read(staff.clerk.move(entry, "split", 2, parts=parts, reason="两件事"))
    shown = read(staff.clerk.get("ledgers/sample/entries", order="title"))["entries"]
    assert {each["title"] for each in shown} == {"路灯不亮", "灯", "线"}


def test_writing_needs_a_session_and_its_csrf_token(staff: Staff, office: Office) -> None:
    entry = office.assigned()
    assert fault(Caller().move(entry, "accept", 2), 401)["code"] == "not_signed_in"
    assert fault(Caller(checks_csrf=True).move(entry, "accept", 2), 401)["code"] == "not_signed_in"
    strict = Caller(office.people["办理员丙"], checks_csrf=True)
    assert fault(strict.move(entry, "accept", 2), 403)["code"] == "csrf_failed"
    read(strict.get(f"entries/{entry}"))
    strict.client.cookies["csrftoken"] = token = "a" * 32
    path = f"entries/{entry}/moves/accept"
    read(strict.post(path, {}, if_match='"2"', x_csrftoken=token))


def test_a_post_chosen_in_the_session_counts_and_one_no_longer_held_does_not(
    staff: Staff, office: Office
) -> None:
    from taizhang.org.founding import add_post, appoint
    from taizhang.org.models import Tenure

    person, post = office.people["办理员丙"], add_post(office.other_town, "挂职", ["handle"])
    tenure = appoint(person, post.id, from_on=office.today - timedelta(days=1), stand_in=True)
    session = staff.worker.client.session
    session["post_id"] = post.id
    session.save()
    assert (
        read(staff.worker.get("ledgers/sample/entries"))["scope"]["zh"]
        == "柳林镇及下属单位牵头、协办或登记的条目"
    )
    Tenure.objects.filter(id=tenure.id).update(to_on=office.today)
    assert (
        read(staff.worker.get("ledgers/sample/entries"))["scope"]["zh"]
        == "城关镇及下属单位牵头、协办或登记的条目"
    )
