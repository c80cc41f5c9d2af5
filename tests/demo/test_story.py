"""The story of docs/demo.md: what it sets up is what its script then plays, in both scenes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pytest_django import DjangoDbBlocker

from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.core.wording import Language
from taizhang.demo import prepare
from taizhang.demo.scene import SCENES, scene
from taizhang.demo.story import Told, tell
from taizhang.formats.sheet.book import open_book
from taizhang.ledger import ledgers
from taizhang.ledger.handle import handle
from taizhang.ledger.importing.run import Wishes, import_book
from taizhang.org.agents import actor_of, agent_of
from taizhang.org.models import Person
from taizhang.org.sites import the_site, today
from tests.databases import TestServer, fresh
from tests.ledger.office import rows


class Played(NamedTuple):
    """The entries in the order of the script, and a person for each duty that acts in it."""

    told: Told
    waiting: Any
    done: Any
    helped: Any
    claimed: Any
    by_duty: dict[str, str]


@pytest.fixture(scope="module", params=SCENES)
def played(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    database_server: TestServer,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Played]:
    language: Language = request.param
    with django_db_blocker.unblock(), fresh(database_server):
        prepare.prepare(entries=12, language=language)
        told = tell(the_site(), tmp_path_factory.mktemp("data") / "story")
        numbers = [number for number, _, _ in told.entries]
        ids = dict(rows("SELECT number, entry_id FROM entry WHERE number = ANY(%s)", numbers))
        by_duty = {duty: row["username"] for row in scene(language).accounts[::-1] for duty in row["duties"]}
        waiting, done, helped, claimed = (ids[number] for number in numbers)
        yield Played(told, waiting, done, helped, claimed, by_duty)


def actor(played: Played, duty: str) -> Actor:
    person = Person.objects.get(username=played.by_duty[duty])
    return actor_of(agent_of(person.id, on=today(the_site())))


def refused(played: Played, duty: str, command: c.AnyCommand) -> str:
    refusal = handle([command], actor(played, duty)).outcomes[0].refusal
    return refusal.code if refusal is not None else ""


def test_the_one_who_did_it_and_the_one_who_helped_are_refused_and_another_passes(played: Played) -> None:
    def check(entry: Any, duty: str) -> str:
        return refused(played, duty, c.PassVerification(entry_id=entry, text="seen on site"))

    assert check(played.done, "handle") == r.VerifierIsDoer.__name__
    assert check(played.helped, "verify") == r.VerifierIsDoer.__name__
    assert check(played.done, "verify") == ""


def test_of_two_hands_on_one_entry_the_later_is_told(played: Played) -> None:
    flagged = (
        c.SetFlag(entry_id=played.waiting, flag="carried", expected_version=1),
        c.MakeComment(entry_id=played.waiting, text="second", expected_version=1),
    )
    answers = [refused(played, "dispatch", command) for command in flagged]
    assert answers == ["", r.StaleVersion.__name__]


def test_what_was_closed_before_is_a_claim_that_can_be_sent_to_verification(played: Played) -> None:
    assert rows("SELECT stage FROM entry WHERE entry_id = %s", played.claimed) == [(CLAIMED_STAGE,)]
    sent = c.SendClaimToVerification(entry_id=played.claimed, text="look again")
    assert refused(played, "register", sent) == ""


def test_the_sheet_is_taken_as_it_is_and_has_one_of_everything_the_script_speaks_of(played: Played) -> None:
    [(key,)] = rows(
        "SELECT key FROM ledger WHERE ledger_id = (SELECT ledger_id FROM entry WHERE entry_id = %s)",
        played.waiting,
    )
    ledger = ledgers.by_key(the_site(), key)
    assert ledger is not None
    with open_book(played.told.sheet) as book:
        report = import_book(
            book, played.told.sheet.name, ledger, actor(played, "register"), Wishes(dry_run=True)
        )
    assert report.unmapped == []
    assert report.claimed == 2, "rows that say they are closed"
    assert len(report.errors) == 1, "a row without what was found"
    assert len(report.suspicions) >= 1, "words that name no day, units that are not known"
    assert report.read - report.registered == 1
