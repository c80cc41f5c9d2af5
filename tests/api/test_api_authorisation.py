"""Every operation of the API × every role × an entry of one's own, a lower and a foreign unit, and one flagged
检举控告. Made from the API's own table: an operation without a line here fails, and so does a line without one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.api.callers import Caller, fault, read
from tests.desk.staff import Staff, staffed
from tests.desk.test_authorisation import REGISTERS, ROLES, SEES
from tests.ledger.office import rows

Operation = Callable[[Caller, UUID | str], HttpResponse]


def posting(path: str, body: dict[str, Any]) -> Operation:
    return lambda who, entry: who.post(path.format(entry=entry), body, if_match='"1"')


def getting(path: str) -> Operation:
    return lambda who, entry: who.get(path.format(entry=entry))


def sending(path: str) -> Operation:
    def send(who: Caller, entry: UUID | str) -> HttpResponse:
        given = {"file": SimpleUploadedFile("一.csv", "问题\n路灯\n".encode())}
        address = f"/api/{path.format(entry=entry)}"
        return who.client.post(address, given, headers={"If-Match": '"1"'})  # type: ignore[return-value]

    return send


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/ledgers"): getting("ledgers"),
    ("GET", "/ledgers/{key}/entries"): getting("ledgers/sample/entries"),
    ("GET", "/ledgers/{key}/board"): getting("ledgers/sample/board"),
    ("POST", "/ledgers/{key}/entries"): posting("ledgers/sample/entries", {"fields": {"title": "新事"}}),
    ("POST", "/ledgers/{key}/import"): sending("ledgers/sample/import"),
    ("GET", "/entries/{entry_id}"): getting("entries/{entry}"),
    ("GET", "/entries/{entry_id}/events"): getting("entries/{entry}/events"),
    ("POST", "/entries/{entry_id}/moves/{verb}"): posting("entries/{entry}/moves/comment", {"text": "看"}),
    ("POST", "/entries/{entry_id}/evidence"): sending("entries/{entry}/evidence"),
}
OF_AN_ENTRY = [name for name in OPERATIONS if "entry_id" in name[1]]
REGISTERING = {("POST", "/ledgers/{key}/entries"), ("POST", "/ledgers/{key}/import")}


@pytest.fixture
def people(db: None) -> Staff:
    return staffed()


def caller(people: Staff, role: str) -> Caller:
    return Caller(people.people[role].pk)


def test_every_operation_has_its_line() -> None:
    from taizhang.api.urls import api

    found = {
        (method, re.sub(r"{\w+:", "{", path))
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert found == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS, ids=" ".join)
def test_nobody_calls_without_signing_in(people: Staff, name: tuple[str, str]) -> None:
    answer = OPERATIONS[name](Caller(), people.entries["own"])
    assert fault(answer, 401)["code"] == "not_signed_in"


@pytest.mark.parametrize("role", ROLES)
def test_an_entry_out_of_sight_is_not_there_for_any_operation(people: Staff, role: str) -> None:
    who = caller(people, role)
    before = rows("SELECT count(*) FROM event")
    for name in OF_AN_ENTRY:
        nowhere = fault(OPERATIONS[name](who, uuid4()), 404)
        for kind, entry in people.entries.items():
            answer = OPERATIONS[name](who, entry)
            if kind in SEES[role]:
                assert answer.status_code in (200, 201, 403, 412), (name, kind)
            else:
                assert fault(answer, 404) == nowhere, (name, kind)
    assert (rows("SELECT count(*) FROM event"), rows("SELECT count(*) FROM evidence")) == (before, [(0,)])


@pytest.mark.parametrize("role", ROLES)
def test_registering_and_importing_are_for_who_may(people: Staff, role: str) -> None:
    who = caller(people, role)
    for name in REGISTERING:
        answer = OPERATIONS[name](who, "")
        assert answer.status_code == (
            403 if role not in REGISTERS else 201 if "entries" in name[1] else 200
        ), name


@pytest.mark.parametrize("role", ROLES)
def test_lists_and_boards_show_no_more_than_the_entries(people: Staff, role: str) -> None:
    who = caller(people, role)
    page = read(who.get("ledgers/sample/entries", count=True))
    assert {UUID(entry["id"]) for entry in page["entries"]} == {people.entries[kind] for kind in SEES[role]}
    assert page["count"] == len(SEES[role])
    # What is flagged is in no board's cells; who may see it has it added from the rows.
    assert read(who.get("ledgers/sample/board"))["total"] == len(SEES[role])
