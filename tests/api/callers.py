"""Signed-in people of the test office, speaking JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
from django.http import HttpResponse
from django.test import Client

from taizhang.org.founding import add_post, appoint
from taizhang.org.models import Person
from tests.ledger.office import Office


class Caller:
    """One person's session. `person` None: nobody is signed in."""

    def __init__(self, person: int | None = None, *, checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf)
        if person is not None:
            self.client.force_login(Person.objects.get(id=person))

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/{path}", query)  # type: ignore[return-value]

    def post(self, path: str, body: object, **headers: str) -> HttpResponse:
        """Headers are named as in `if_match="3"`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(  # type: ignore[return-value]
            f"/api/{path}", content, content_type="application/json", headers=given
        )

    def move(self, entry: UUID | str, verb: str, version: int | None = 1, **said: Any) -> HttpResponse:
        given = {} if version is None else {"if_match": f'"{version}"'}
        return self.post(f"entries/{entry}/moves/{verb}", said, **given)

    def register(self, title: str = "路灯不亮", ledger: str = "sample", **more: Any) -> HttpResponse:
        fields = {"title": title, **more.pop("fields", {})}
        return self.post(f"ledgers/{ledger}/entries", {"fields": fields, **more})


@dataclass
class Staff:
    """Who may call: each with a post of their own."""

    office: Office
    callers: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        office = self.office
        for name, unit, duties, scope in (
            ("登记员甲", office.city, ["register", "dispatch"], None),
            ("办理员丙", office.town, ["handle"], None),
            ("核查员丁", office.checking, ["verify"], office.city),
            ("销号员戊", office.checking, ["close"], office.city),
            ("县员辛", office.county, ["register", "handle"], None),
            ("乙县员壬", office.other_county, ["register", "handle"], None),
        ):
            appoint(office.people[name], add_post(unit, name, duties, scope_unit=scope).id)
            self.callers[name] = Caller(office.people[name])

    @property
    def clerk(self) -> Caller:
        return self.callers["登记员甲"]

    @property
    def worker(self) -> Caller:
        return self.callers["办理员丙"]

    @property
    def checker(self) -> Caller:
        return self.callers["核查员丁"]

    @property
    def closer(self) -> Caller:
        return self.callers["销号员戊"]

    @property
    def county(self) -> Caller:
        return self.callers["县员辛"]

    @property
    def stranger(self) -> Caller:
        """Of another county."""
        return self.callers["乙县员壬"]


def read(response: HttpResponse, status: int = 200) -> Any:
    """The JSON of an answer that must have this status."""
    assert response.status_code == status, (response.status_code, response.content.decode())
    return json.loads(response.content)


def fault(response: HttpResponse, status: int) -> Any:
    """The error of an answer, which is always in both languages."""
    error = read(response, status)["error"]
    assert error["code"] and error["message"]["zh"] and error["message"]["en"]
    return error


def places(response: HttpResponse) -> dict[str, str]:
    """Of a 422: where → code."""
    return {each["where"]: each["code"] for each in fault(response, 422)["at"]}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement of this process, the driver's own cursors included."""
    seen: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *given: Any, **more: Any) -> Any:
        seen.append(str(query))
        return execute(cursor, query, *given, **more)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield seen


def of_signing_in(statement: str) -> bool:
    """Django's two: the session, and the account that proves it still holds."""
    return "FROM django_session" in statement or statement.startswith('SELECT "person"')
