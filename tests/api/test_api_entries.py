"""Reading through the API: ledgers, lists, entries, time lines."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from taizhang.core import commands as c
from taizhang.ledger.handle import handle
from tests.api.callers import Caller, Staff, fault, of_signing_in, places, read, statements
from tests.ledger.office import BY_PHONE, Office, done


def titles(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [entry["title"] for entry in page["entries"]]


def accuse(office: Office, entry_id: object, *units: int) -> None:
    command = c.SetFlag(entry_id=entry_id, flag="accusation", named_units=units)  # type: ignore[arg-type]
    done(handle([command], office.desk))


def test_a_ledger_tells_its_fields_stages_and_moves(staff: Staff) -> None:
    (ledger,) = read(staff.worker.get("ledgers"))["ledgers"]
    assert (ledger["key"], ledger["unit"]["name"], ledger["name"]) == ("sample", "明州市", "样例台账")
    sealed = {item["key"] for item in ledger["fields"] if item["sealed"]}
    assert sealed == {"phone", "letter"}
    assign = next(item for item in ledger["moves"] if item["verb"] == "assign")
    assert (assign["from_stages"], assign["to"], assign["needs"]) == (["new"], "assigned", ["due_on"])


@pytest.mark.parametrize(
    "path",
    [
        "ledgers",
        "ledgers/sample/entries",
        "ledgers/sample/board",
        f"entries/{uuid4()}",
        f"entries/{uuid4()}/events",
    ],
)
def test_who_is_not_signed_in_reads_nothing(staff: Staff, path: str) -> None:
    assert fault(Caller().get(path), 401)["code"] == "not_signed_in"


def test_a_closed_account_reads_nothing(staff: Staff, office: Office) -> None:
    from taizhang.org.models import Person

    Person.objects.filter(id=office.people["办理员丙"]).update(is_active=False)
    assert fault(staff.worker.get("ledgers"), 401)["code"] == "not_signed_in"


def test_somebody_without_a_post_sees_an_empty_list_that_says_why(staff: Staff, office: Office) -> None:
    office.registered()
    page = read(Caller(office.people["领导己"]).get("ledgers/sample/entries", count=True))
    assert (page["entries"], page["count"], page["scope"]["zh"]) == (
        [],
        0,
        "无，您目前没有岗位，看不到任何条目",
    )


def test_a_list_says_its_scope_and_on_request_its_count(staff: Staff, office: Office) -> None:
    office.assigned("甲", office.town)
    office.assigned("乙", office.other_town)
    page = read(staff.county.get("ledgers/sample/entries", count=True))
    assert (titles(page), page["count"]) == (["甲"], 1)
    assert page["scope"] == {
        "zh": "甲县及下属单位牵头、协办或登记的条目",
        "en": "entries that 甲县 and units below lead, assist in or registered",
    }
    assert read(staff.clerk.get("ledgers/sample/entries"))["count"] is None


def test_filters_hold_together(staff: Staff, office: Office) -> None:
    first, second = office.assigned("路灯不亮", office.town), office.assigned("井盖缺失", office.town)
    office.registered("路灯歪斜")
    office.reported_done(second)
    ask = staff.clerk.get
    assert titles(read(ask("ledgers/sample/entries", stage=["assigned", "done"]))) == ["路灯不亮", "井盖缺失"]
    assert titles(read(ask("ledgers/sample/entries", search="路灯", lead_unit=office.town))) == ["路灯不亮"]
    assert titles(read(ask("ledgers/sample/entries", lead_unit=0))) == ["路灯歪斜"]
    late = (office.today + timedelta(days=11)).isoformat()
    assert len(titles(read(ask("ledgers/sample/entries", due_before=late)))) == 2
    assert titles(read(ask("ledgers/sample/entries", registered_from=late))) == []
    assert read(ask(f"entries/{first}"))["stage"] == "assigned"


@pytest.mark.parametrize("order", ["registered", "due", "title", "number"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_entry_once_in_every_order(
    staff: Staff, office: Office, order: str, descending: bool
) -> None:
    for n in range(5):
        office.assigned(f"问题{n % 2}", office.town)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        given = {"after": after} if after else {}
        page = read(
            staff.clerk.get("ledgers/sample/entries", size=2, order=order, descending=descending, **given)
        )
        seen += [entry["id"] for entry in page["entries"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"size": 201}, "query.size"),
        ({"size": 0}, "query.size"),
        ({"search": "路\0灯"}, "query.search"),
        ({"search": "灯" * 101}, "query.search"),
        ({"after": "####"}, "query.after"),
        ({"after": "WzFd"}, "query.after"),
        ({"order": "colour"}, "query.order"),
        ({"stage": "new\0"}, "query.stage.0"),
        ({"lead_unit": 2**63}, "query.lead_unit.0"),
        ({"due_before": "soon"}, "query.due_before"),
        ({"leed_unit": 3}, "query.leed_unit"),
    ],
)
def test_what_a_list_cannot_take_is_named(staff: Staff, query: dict[str, object], where: str) -> None:
    assert list(places(staff.clerk.get("ledgers/sample/entries", **query))) == [where]


def test_the_place_of_one_order_does_not_fit_another(staff: Staff, office: Office) -> None:
    for n in range(2):
        office.assigned(f"问题{n}", office.town)
    after = read(staff.clerk.get("ledgers/sample/entries", size=1, order="due"))["next"]
    assert places(staff.clerk.get("ledgers/sample/entries", after=after)) == {"query.after": "invalid"}


def test_there_is_no_such_ledger(staff: Staff) -> None:
    assert fault(staff.clerk.get("ledgers/none/entries"), 404)["code"] == "LedgerUnknown"
    assert places(staff.clerk.get("ledgers/no%00ne/entries")) == {"path.key": "not_storable"}


def test_an_entry_comes_with_its_version_and_without_what_is_sealed(staff: Staff, office: Office) -> None:
    entry_id = office.assigned(fields={"phone": "13800138000", "letter": "来信说的话"})
    response = staff.worker.get(f"entries/{entry_id}")
    entry = read(response)
    assert response["ETag"] == '"2"' and entry["version"] == 2
    assert entry["lead_unit"] == {"id": office.town, "name": "城关镇"}
    assert entry["fields"]["phone"] == entry["fields"]["letter"] == {"sealed": True}
    assert "13800138000" not in response.content.decode()


def test_what_another_unit_has_does_not_exist(staff: Staff, office: Office) -> None:
    entry_id = office.assigned(unit=office.town)
    nowhere = fault(staff.stranger.get(f"entries/{uuid4()}"), 404)
    for path in (f"entries/{entry_id}", f"entries/{entry_id}/events"):
        assert fault(staff.stranger.get(path), 404) == nowhere
        assert fault(staff.stranger.get(path), 404)["code"] == "NoSuchEntry"
        read(staff.county.get(path))


def test_an_accusation_does_not_exist_for_the_unit_it_names(staff: Staff, office: Office) -> None:
    entry_id = office.assigned("举报", unit=office.other_town)
    office.assigned("路灯", unit=office.other_town)
    read(staff.stranger.get(f"entries/{entry_id}"))
    done(handle([c.TransferEntry(entry_id=entry_id, lead_unit=office.checking, reason="回避")], office.desk))
    accuse(office, entry_id, office.other_county)
    page = read(staff.stranger.get("ledgers/sample/entries", count=True))
    assert (titles(page), page["count"]) == (["路灯"], 1)
    for path in (f"entries/{entry_id}", f"entries/{entry_id}/events"):
        assert fault(staff.stranger.get(path), 404)["code"] == "NoSuchEntry"
    assert read(staff.checker.get(f"entries/{entry_id}"))["flags"] == {"accusation": office.today.isoformat()}


def test_a_time_line_says_who_acted_who_typed_and_what_changed(staff: Staff, office: Office) -> None:
    entry_id = office.assigned(fields={"phone": "13800138000"})
    typed = office.desk.typing
    acting = office.worker.acting
    from taizhang.core.actor import Actor

    done(handle([c.AcceptEntry(entry_id=entry_id, source=BY_PHONE)], Actor(acting, typed)))
    response = staff.worker.get(f"entries/{entry_id}/events")
    events = read(response)["events"]
    assert [event["verb"] for event in events] == ["register", "assign", "accept"]
    assert events[1]["facts"]["lead_unit"] == office.town
    assert events[0]["facts"]["fields"]["phone"] == {"sealed": True}
    last = events[2]
    assert (last["acted_by"]["name"], last["typed_by"]["name"]) == ("办理员丙", "交办员乙")
    assert last["unit"]["name"] == "城关镇" and last["source"] == {"kind": "telephone", "note": "电话报来"}
    assert last["label"]["zh"] == "签收"
    assert response["ETag"] == '"3"' and "commit" not in response.content.decode()


def test_a_wrong_method_and_a_wrong_address_are_said_in_the_same_shape(staff: Staff) -> None:
    response = staff.clerk.client.delete("/api/ledgers")
    assert fault(response, 405)["code"] == "wrong_method" and response["Allow"] == "GET"  # type: ignore[arg-type]
    for path in ("", "nothing", "entries/1", "entries/1/moves/x%0Ay", "ledgers/sample/entries/"):
        assert fault(staff.clerk.get(path), 404)["code"] == "nothing_here"


def test_a_list_costs_two_statements_besides_the_session(staff: Staff, office: Office) -> None:
    entry_id = office.assigned()
    for path, most in (
        ("ledgers/sample/entries", 2),
        (f"entries/{entry_id}", 2),
        ("ledgers/sample/entries?count=1", 3),
    ):
        read(staff.clerk.get(path))
        with statements() as seen:
            read(staff.clerk.get(path))
        own = [statement for statement in seen if not of_signing_in(statement)]
        assert len(own) == most and len(seen) == most + 2, own
