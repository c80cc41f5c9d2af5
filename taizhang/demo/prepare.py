"""Founding the demo site and living its year."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection

from taizhang.core.playbook import Playbook
from taizhang.core.wording import Language
from taizhang.demo.guide import accounts
from taizhang.demo.life import Book
from taizhang.demo.plan import Plan
from taizhang.demo.prefecture import Account, Prefecture, found
from taizhang.demo.scene import scene
from taizhang.demo.year import OPENING, Year, set_clock
from taizhang.ledger import ledgers
from taizhang.ledger.work import work_once
from taizhang.org import sites
from taizhang.org.founding import OPERATOR, found_site
from taizhang.org.models import Person, Site, Unit
from taizhang.playbooks import texts_of

ENTRIES = 3_000
DAYS = 365
SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class OpenedLedger:
    """A ledger of the demo and how many entries stand on it."""

    key: str
    name: str
    playbook: str
    entry_count: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What there is to look at: the accounts, all with `password`, and the ledgers."""

    site: Site
    accounts: tuple[Account, ...]
    password: str
    ledgers: tuple[OpenedLedger, ...]
    command_count: int
    seconds: float


def prepare(
    today: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    language: Language = "zh",
    paper: str | None = None,
    entries: int = ENTRIES,
    seed: int = SEED,
) -> Prepared:
    """Found a demo site in an empty database and fill it with a year up to today, in the scene of this language.

    The same seed gives the same year; times are real ones on `today`, which no event lies behind.
    Raises `SiteExists`, and DemoRefused where a plan does not fit its playbook.
    """
    started = time.monotonic()
    dice = Random(seed)  # noqa: S311 - a story, not a secret
    chosen = scene(language)
    given = chosen.place["site"] | ({"paper": paper} if paper is not None else {})
    site = found_site(kind=Site.Kind.DEMO, **given)
    now = sites.now(site)
    last = today or now.date()
    with _quickly(), _own_time(datetime.combine(last - timedelta(days=DAYS), OPENING, site.zone)):
        root = Unit.objects.get(parent=None)
        prefecture = found(chosen, root.id, dice)
        operator = Person.objects.get(username=OPERATOR)
        operator.set_password(chosen.password)
        operator.save(update_fields=["password"])
        books = [_opened(plan, prefecture, operator.id) for plan in chosen.plans]
        year = Year(prefecture, books, dice, last - timedelta(days=DAYS), last, now, operator.id)
        year.live(entries, progress)
    work_once(sites.the_site())
    return Prepared(
        sites.the_site(),
        accounts(),
        chosen.password,
        tuple(_summary(book, year) for book in books),
        year.handled,
        time.monotonic() - started,
    )


def _opened(plan: Plan, prefecture: Prefecture, operator: int) -> Book:
    ledger = ledgers.open_ledger(
        sites.the_site(),
        texts_of(plan.playbook),
        key=plan.key,
        name=plan.name.format(city=prefecture.city),
        unit_id=prefecture.units[prefecture.office(plan.unit)],
        opened_by=operator,
        now=set_clock(None),
    )
    return Book(ledger, _pinned(ledger), plan)


def _pinned(ledger: ledgers.OpenLedger) -> Playbook:
    return ledgers.playbook(ledger.playbook_sha)


def _summary(book: Book, year: Year) -> OpenedLedger:
    count = sum(life.book is book for life in year.lives)
    return OpenedLedger(book.ledger.key, book.ledger.name, book.plan.playbook, count)


@contextmanager
def _own_time(moment: datetime) -> Iterator[None]:
    """The site's clock is ours inside and the server's again outside."""
    set_clock(moment)
    try:
        yield
    finally:
        sites.forget()


@contextmanager
def _quickly() -> Iterator[None]:
    """Not waiting for the disk after every call: a demo that breaks off is made anew."""
    with connection.cursor() as database:
        database.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as database:
            database.execute("RESET synchronous_commit")
