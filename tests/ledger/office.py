"""A small office to write from: its units, its people, one ledger on the sample playbook.

The tree: 明州市 above 甲县 (城关镇 above 环保站), 乙县 (柳林镇) and 督查室. 城关镇 does, 督查室 checks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from taizhang.core import commands as c
from taizhang.core.actor import DUTIES, Actor, Agent
from taizhang.core.playbook import Playbook
from taizhang.core.values import Source
from taizhang.ledger import ledgers
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.outcome import Result
from taizhang.org.founding import NewUnit, add_people, add_units, found_site
from taizhang.org.models import Person, Site, Unit
from taizhang.org.sites import change_site, the_site, today
from taizhang.org.tree import units_now
from tests.samples import TEXTS

BY_PHONE = Source("telephone", "电话报来")
PEOPLE = (
    "登记员甲",
    "交办员乙",
    "办理员丙",
    "核查员丁",
    "销号员戊",
    "领导己",
    "站员庚",
    "县员辛",
    "乙县员壬",
)


@dataclass
class Office:
    """Units by their ids, actors by what they do."""

    people: dict[str, int]
    ledger_id: int
    city: int
    county: int
    town: int
    section: int
    other_county: int
    other_town: int
    checking: int

    @property
    def site(self) -> Site:
        return the_site()

    @property
    def playbook(self) -> Playbook:
        ledger = ledgers.by_id(self.ledger_id)
        assert ledger is not None
        return ledgers.playbook(ledger.playbook_sha)

    @property
    def today(self) -> date:
        return today(self.site)

    def agent(self, person: str, unit: int | None, *duties: str, scope: int | None = None) -> Agent:
        line = units_now().line(unit) if unit is not None else frozenset[int]()
        below = scope if scope is not None else unit if unit is not None else self.city
        places = units_now().places(unit) if unit is not None else frozenset[int]()
        return Agent(
            self.people[person], unit, None, frozenset(duties or DUTIES), line, frozenset({below}), places
        )

    @property
    def clerk(self) -> Actor:
        return Actor.alone(self.agent("登记员甲", self.city, "register", "dispatch"))

    @property
    def desk(self) -> Actor:
        return Actor.alone(self.agent("交办员乙", self.city, "register", "dispatch", "oversee"))

    @property
    def worker(self) -> Actor:
        return Actor.alone(self.agent("办理员丙", self.town, "handle"))

    @property
    def checker(self) -> Actor:
        return Actor.alone(self.agent("核查员丁", self.checking, "verify", scope=self.city))

    @property
    def closer(self) -> Actor:
        return Actor.alone(self.agent("销号员戊", self.checking, "close", scope=self.city))

    @property
    def operator(self) -> Actor:
        return Actor.alone(self.agent("领导己", None, "register", "administer"))

    def registration(self, title: str = "路灯不亮", **more: Any) -> c.RegisterEntry:
        fields = {"title": title, **more.pop("fields", {})}
        given = {"entry_id": new_id(), "ledger_id": self.ledger_id, **more}
        return c.RegisterEntry(fields=fields, **given)

    def registered(self, title: str = "路灯不亮", **more: Any) -> UUID:
        """A new entry's id."""
        return done(handle([self.registration(title, **more)], self.clerk)).outcomes[0].entry_id

    def assigned(self, title: str = "路灯不亮", unit: int | None = None, **more: Any) -> UUID:
        entry_id = self.registered(title, **more)
        self.assign(entry_id, unit if unit is not None else self.town)
        return entry_id

    def assign(self, entry_id: UUID, unit: int) -> Result:
        due = self.today + timedelta(days=10)
        return done(handle([c.AssignEntry(entry_id=entry_id, lead_unit=unit, due_on=due)], self.desk))

    def reported_done(self, entry_id: UUID) -> None:
        for command in (
            c.AcceptEntry(entry_id=entry_id),
            c.AmendEntry(entry_id=entry_id, changes={"measure": "已修复"}),
            c.ReportDone(entry_id=entry_id),
        ):
            done(handle([command], self.everything_at(self.town)))

    def everything_at(self, unit: int) -> Actor:
        """Somebody of that unit whom no duty stops."""
        return Actor.alone(self.agent("办理员丙", unit))

    def closed(self, entry_id: UUID) -> None:
        """The rest of the way of an assigned entry."""
        self.reported_done(entry_id)
        done(handle([c.PassVerification(entry_id=entry_id)], self.checker))
        done(handle([c.CloseOutEntry(entry_id=entry_id)], self.closer))

    def at(self, moment: datetime) -> None:
        """Turn the clock of this rehearsal."""
        change_site(now_override=moment)


def open_office() -> Office:
    """A rehearsal site with everything in it."""
    site = found_site("明州市", kind=Site.Kind.REHEARSAL)
    city = Unit.objects.get().id
    county, other = NewUnit("甲县", city), NewUnit("乙县", city)
    town, checking = NewUnit("城关镇", county), NewUnit("督查室", city)
    section, other_town = NewUnit("环保站", town), NewUnit("柳林镇", other)
    units = [unit.id for unit in add_units([county, town, section, other, other_town, checking])]
    people = {
        person.name: person.id
        for person in add_people(Person(username=f"p{n}", name=name) for n, name in enumerate(PEOPLE))
    }
    opened = ledgers.open_ledger(
        site, dict(TEXTS), key="sample", name="", unit_id=city, opened_by=1, now=datetime.now().astimezone()
    )
    return Office(people, opened.ledger_id, city, *units)


def done(result: Result) -> Result:
    """The result, all of whose commands were carried out."""
    assert not result.refused, result.refused
    return result


def refusals(result: Result) -> list[str]:
    """The codes of what was refused, in order; "" for what was done."""
    return [item.refusal.code if item.refusal is not None else "" for item in result.outcomes]


def rows(sql: str, *parameters: Any, alias: str = "default") -> list[tuple[Any, ...]]:
    with cursor(alias) as database:
        database.execute(sql, parameters)
        return database.fetchall()


def versions(entry_id: UUID) -> list[int]:
    """The versions there are of an entry, in order."""
    found = rows("SELECT version FROM event WHERE entry_id = %s ORDER BY version", entry_id)
    return [row[0] for row in found]


def stage(entry_id: UUID) -> str:
    """Where a list shows the entry."""
    return str(rows("SELECT stage FROM entry WHERE entry_id = %s", entry_id)[0][0])


TABLES = (
    "event", "entry", "entry_party", "stay", "cell_delta", "cell_day", "sealed", "outbox", "leaf", "evidence",
    "call", "category",
)  # fmt: skip


def row_counts() -> dict[str, int]:
    """How many rows lie in each table a call writes."""
    return {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs at the same moment, each on a connection of its own; what each returned or raised."""
    start = Barrier(len(jobs))
    answers: list[Any] = [None] * len(jobs)

    def work(n: int, job: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            answers[n] = job()
        except Exception as error:  # noqa: BLE001 - handed to the test, which says what may happen
            answers[n] = error
        finally:
            connections["default"].close()

    threads = [Thread(target=work, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def connected(alias: str = "default", *, autocommit: bool = True) -> closing[psycopg.Connection[Any]]:
    """A plain connection of the driver, in the role and database Django uses under this alias."""
    given = connections[alias].settings_dict
    return closing(
        psycopg.connect(
            dbname=given["NAME"],
            user=given["USER"],
            password=given["PASSWORD"],
            host=given["HOST"],
            port=given["PORT"],
            autocommit=autocommit,
        )
    )
