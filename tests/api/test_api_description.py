"""The API keeps to its own description, whatever it is sent."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from taizhang.api.moves import COMMANDS
from taizhang.core.actor import DUTIES
from taizhang.org.founding import add_post, appoint
from tests.api.callers import Caller, Staff, read
from tests.ledger.office import Office
from tests.samples import playbook

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 40
TOKEN = "a" * 32
FIELDS = [field.key for field in playbook().fields]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Django ends a request by closing a connection that is inside a transaction, as a test's is."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def described(path: str = "/api/openapi.json") -> Any:
    return schemathesis.openapi.from_wsgi(path, WSGIHandler())


def operations() -> list[tuple[str, str]]:
    from taizhang.api.urls import api

    return [
        (operation.methods[0], re.sub(r"{\w+:", "{", f"/api{path}"))
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]


def test_the_description_is_there_for_everybody_and_names_every_operation(staff: Staff) -> None:
    description = read(Caller().get("openapi.json"))
    assert description["openapi"].startswith("3.")
    found = {(method.upper(), path) for path, ways in description["paths"].items() for method in ways}
    assert found == set(operations()) and len(found) == 9
    for ways in description["paths"].values():
        for operation in ways.values():
            assert {"400", "401", "403", "422"} <= operation["responses"].keys()
            assert operation["security"]


@pytest.mark.parametrize(("method", "path"), operations())
def test_nothing_that_is_sent_makes_the_server_fail_or_leave_its_description(
    staff: Staff, office: Office, method: str, path: str
) -> None:
    entry_id = str(office.assigned(fields={"phone": "13800138000"}))
    caller = all_duties(office)
    cookies = {name: morsel.value for name, morsel in caller.client.cookies.items()}
    operation = described()[path][method]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

    @given(case=cases, sensible=st.integers(0, 3))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def sent(case: Any, sensible: int) -> None:
        if sensible:
            _aim(case, entry_id)
        headers = {"X-CSRFToken": TOKEN, **({"If-Match": '"2"'} if sensible > 1 else {})}
        case.call_and_validate(headers=headers, cookies={**cookies, "csrftoken": TOKEN}, checks=CHECKS)

    sent()


def all_duties(office: Office) -> Caller:
    """Somebody whom little stops, so that much is reached."""
    person = office.people["领导己"]
    appoint(person, add_post(office.city, "主任", DUTIES).id)
    return Caller(person)


def _aim(case: Any, entry_id: str) -> None:
    """Made-up ids and names reach nothing: go to the ledger, the entry and the fields there are."""
    for name, value in (("key", "sample"), ("entry_id", entry_id)):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = value
    body = case.body
    if not isinstance(body, dict):
        return
    kind = COMMANDS.get(case.path_parameters.get("verb", ""))
    if kind is not None:
        taken = {item.name for item in dataclasses.fields(kind)}
        body = case.body = {name: value for name, value in body.items() if name in taken}
    for name in {"fields", "changes"} & body.keys():
        if isinstance(body[name], dict):
            body[name] = dict(zip(FIELDS, body[name].values(), strict=False))


@pytest.mark.parametrize(
    "body", [None, [], 1, "x", {"fields": []}, {"fields": {"": 1}}, {"fields": {"title": {}}}]
)
def test_a_body_of_another_kind_is_answered_not_failed_on(staff: Staff, body: object) -> None:
    response = staff.clerk.post("ledgers/sample/entries", json.dumps(body))
    assert read(response, 422)["error"]["at"]
