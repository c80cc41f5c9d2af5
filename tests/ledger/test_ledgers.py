"""What a process remembers of the ledgers, and when it looks again."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from taizhang.core.playbook_text import read_playbook
from taizhang.ledger import ledgers
from taizhang.ledger.handle import handle
from taizhang.ledger.ledgers import OpenLedger, open_ledger
from taizhang.org.agents import agent_of, operator
from taizhang.org.sites import now
from tests.ledger.office import Office, connected, done, open_office, rows
from tests.samples import TEXTS

NEWER = {**TEXTS, "playbook.toml": TEXTS["playbook.toml"].replace('version = "', 'version = "9', 1)}


@pytest.fixture
def live(fresh_database: str) -> Office:
    """An office with real commits, which other processes see."""
    return open_office()


def opened(office: Office, key: str) -> OpenLedger:
    return open_ledger(
        office.site, NEWER, key=key, name=key, unit_id=office.city, opened_by=1, now=now(office.site)
    )


def next_request(office: Office) -> None:
    """What every request does first."""
    agent_of(operator(), on=office.today)


def moved_elsewhere(office: Office, sha: str) -> None:
    """Another process moves the ledger to another playbook version."""
    with connected(autocommit=False) as other:
        other.execute("UPDATE ledger SET playbook_sha = %s WHERE ledger_id = %s", (sha, office.ledger_id))
        other.execute("UPDATE site SET version = gen_random_uuid()")
        other.commit()


def test_a_ledger_is_read_once_however_it_is_asked_for(office: Office) -> None:
    next_request(office)
    ledgers.by_key(office.site, "sample")
    with CaptureQueriesContext(connection) as asked:
        found = ledgers.by_key(office.site, "sample")
        assert found is not None and ledgers.by_id(office.ledger_id) is found
        assert ledgers.all_ledgers(office.site) == [found]
    assert len(asked) == 0


def test_one_just_opened_is_there_and_one_that_is_not_is_not(office: Office) -> None:
    assert ledgers.by_key(office.site, "second") is None
    second = opened(office, "second")
    assert ledgers.by_key(office.site, "second") == second
    assert [ledger.key for ledger in ledgers.all_ledgers(office.site)] == ["sample", "second"]
    assert ledgers.by_key(office.site, "\0") is None


def test_one_whose_opening_was_taken_back_is_forgotten(office: Office) -> None:
    with transaction.atomic():
        opened(office, "second")
        assert ledgers.by_key(office.site, "second") is not None
        transaction.set_rollback(True)
    next_request(office)
    assert ledgers.by_key(office.site, "second") is None


def test_what_another_process_changes_holds_from_the_next_request_on(live: Office) -> None:
    opened(live, "second")
    newer = read_playbook(NEWER).sha
    next_request(live)
    before = ledgers.by_key(live.site, "sample")
    assert before is not None and before.playbook_sha != newer
    moved_elsewhere(live, newer)
    assert ledgers.by_key(live.site, "sample") == before, "a request keeps to what it began with"
    next_request(live)
    found = ledgers.by_key(live.site, "sample")
    assert found is not None and found.playbook_sha == newer
    assert ledgers.by_id(live.ledger_id) == found and found in ledgers.all_ledgers(live.site)


def test_an_entry_is_registered_on_the_version_another_process_moved_its_ledger_to(live: Office) -> None:
    opened(live, "second")
    newer = read_playbook(NEWER).sha
    live.registered("之前")
    moved_elsewhere(live, newer)
    entry_id = done(handle([live.registration("之后")], live.clerk)).outcomes[0].entry_id
    assert rows("SELECT playbook_sha FROM entry WHERE entry_id = %s", entry_id) == [(newer,)]


def test_what_is_read_while_a_ledger_is_being_opened_does_not_outlive_the_opening(live: Office) -> None:
    """Another request of this process, begun before, cannot see the new ledger; the ones after it can."""
    began, marked = Event(), Event()
    seen: list[list[str]] = []

    def other_request() -> None:
        next_request(live)
        began.set()
        assert marked.wait(30)
        seen.append([ledger.key for ledger in ledgers.all_ledgers(live.site)])
        connection.close()

    thread = Thread(target=other_request)
    thread.start()
    with transaction.atomic():
        assert began.wait(30)
        opened(live, "second")
        marked.set()
        thread.join(30)
    assert seen == [["sample"]]
    next_request(live)
    assert [ledger.key for ledger in ledgers.all_ledgers(live.site)] == ["sample", "second"]
