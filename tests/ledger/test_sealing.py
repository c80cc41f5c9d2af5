"""One order of all events, whoever wrote them and however long it took to commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Event
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from taizhang.core import codec
from taizhang.core import commands as c
from taizhang.core.events import EntryAccepted, Recorded
from taizhang.ledger import sealing, store
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.sealing import seal
from taizhang.tlog.leaf import leaf_hash
from tests.ledger.office import BY_PHONE, Office, connected, done, rows, together


def order() -> list[tuple[int, UUID, int]]:
    return rows("SELECT position, entry_id, version FROM leaf ORDER BY position")


def prove_the_order() -> None:
    """No gap, every event exactly once, each entry's versions in their order, nothing left waiting."""
    leaves = order()
    assert [position for position, _, _ in leaves] == list(range(len(leaves)))
    assert sorted((entry, version) for _, entry, version in leaves) == sorted(
        rows("SELECT entry_id, version FROM event")
    )
    seen: dict[UUID, int] = {}
    for _, entry, version in leaves:
        assert version == seen.get(entry, 0) + 1
        seen[entry] = version
    assert rows("SELECT count(*) FROM outbox") == [(0,)]


def writes(office: Office, shared: UUID, calls: int) -> Callable[[], None]:
    desk = office.desk

    def work() -> None:
        for n in range(calls):
            own = office.registration(f"{n}")
            after = [
                c.MakeComment(entry_id=own.entry_id, text="一"),
                c.MakeComment(entry_id=shared, text="二"),
            ]
            done(handle([own, *after], desk))
            done(handle([c.MakeComment(entry_id=shared, text="三")], desk))

    return work


def test_four_writers_and_a_long_transaction_leave_no_gap(live_office: Office) -> None:
    office = live_office
    shared, slow = office.registered("共用"), office.registered("慢的")
    desk, written, over = office.desk, Event(), Event()
    in_order: list[int] = []

    def long() -> None:
        with transaction.atomic():
            done(handle([c.MakeComment(entry_id=slow, text="久")] * 2, desk))
            written.set()
            assert over.wait(30)

    def sealer() -> int:
        assert written.wait(30)
        total = 0
        while not over.is_set():
            total += seal(1)
        return total

    def writers() -> None:
        assert written.wait(30)
        try:
            for error in together(*[writes(office, shared, 12)] * 4):
                assert error is None, error
            seal(1)
            assert (slow, 2) not in [leaf[1:] for leaf in order()]
            in_order.append(order()[-1][0])
        finally:
            over.set()

    answers = together(long, sealer, writers)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert answers[1] > 0
    seal(1)
    prove_the_order()
    assert len(order()) == 2 + 2 + 4 * 12 * 4
    late = [position for position, entry, version in order() if (entry, version) == (slow, 2)]
    assert late[0] > in_order[0], "what commits late gets a late position; earlier ones stay as they are"


def test_sealers_at_once_do_not_seal_anything_twice(live_office: Office) -> None:
    office = live_office
    shared = office.registered()
    stop = Event()

    def sealer() -> int:
        total = 0
        while not stop.is_set():
            total += seal(1)
        return total

    def writer() -> None:
        try:
            writes(office, shared, 15)()
        finally:
            stop.set()

    *sealed, error = together(sealer, sealer, sealer, writer)
    assert error is None
    assert sum(sealed) + seal(1) == rows("SELECT count(*) FROM event")[0][0]
    prove_the_order()


def test_a_sealer_killed_in_between_loses_nothing_and_stops_nobody(live_office: Office) -> None:
    office = live_office
    for n in range(5):
        office.registered(f"{n}")
    with connected(autocommit=False) as killed:
        killed.execute("SELECT pg_try_advisory_xact_lock(hashtext('sealer'), 1::int)")
        taken = killed.execute(sealing.SEAL, {"site": 1, "most": 3}).fetchone()
        assert taken == (3,)
        assert seal(1) == 0, "another sealer is at work"
        office.registered("同时还能登记")
        ((process,),) = killed.execute("SELECT pg_backend_pid()").fetchall()
        with connected() as another:
            another.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
    assert order() == []
    assert seal(1) == 6
    prove_the_order()


def test_a_sealer_does_not_wait_for_another(live_office: Office) -> None:
    office = live_office
    office.registered("一")
    at_work, over = Event(), Event()

    def first() -> int:
        with transaction.atomic():
            sealed = seal(1)
            at_work.set()
            assert over.wait(30)
        return sealed

    def second() -> int:
        assert at_work.wait(30)
        try:
            office.registered("二")
            with cursor() as database:
                database.execute("SET lock_timeout = '2s'")
            return seal(1)
        finally:
            over.set()

    assert together(first, second) == [1, 0]
    assert seal(1) == 1
    prove_the_order()


def test_more_than_one_sealing_at_a_time_keeps_the_order(
    live_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    office = live_office
    entry = office.registered()
    for _ in range(7):
        done(handle([c.MakeComment(entry_id=entry, text="x")], office.desk))
    assert seal(1) == 8
    assert seal(1) == 0
    prove_the_order()


def test_a_leaf_is_the_hash_of_the_stored_event(office: Office) -> None:
    """Whoever has the rows can compute every leaf: nothing is hashed that is not stored."""
    entry = office.assigned(fields={"kind": "环境", "phone": "13800000000"}, source=BY_PHONE)
    office.closed(entry)
    office.registered("“引号”\\与\n换行 é 𠮷 \u2028")
    seal(1)
    found = rows(
        "SELECT salt, body, hash FROM event JOIN leaf USING (site_id, entry_id, version) ORDER BY position"
    )
    recorded: dict[tuple[UUID, int], Any] = {}
    ids = list({item for _, item, _ in order()})
    for history in store.histories(1, ids).values():
        recorded |= {(item.entry_id, item.version): item for item in history}
    assert len(found) == len(recorded) == 8
    for (_, entry_id, version), (salt, body, stored) in zip(order(), found, strict=True):
        text = codec.canonical(body)
        assert leaf_hash(salt, store.record_of(recorded[entry_id, version], text)) == stored
        assert len(salt) == 16
    assert len({salt for salt, _, _ in found}) == len(found)


def test_the_bytes_a_leaf_is_hashed_over_are_what_they_always_were() -> None:
    """Envelope and body, each canonical JSON, on two lines. A published checkpoint depends on every byte."""
    recorded = Recorded(
        entry_id=UUID(int=1), version=2, event=EntryAccepted(stage="working"), occurred_on=date(2026, 11, 20),
        recorded_at=datetime(2026, 11, 20, 9, 30, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai")), acted_by=3, typed_by=4,
        unit_id=11, typed_unit_id=None, post_id=5, playbook_sha="ab", batch_id=UUID(int=2), source=BY_PHONE,
    )  # fmt: skip
    body = codec.canonical(codec.encode(recorded.event))
    assert store.record_of(recorded, body).decode() == (
        '["00000000-0000-0000-0000-000000000001",2,"EntryAccepted","2026-11-20","2026-11-20T01:30:00.000005+00:00",'
        '[3,4,11,null,5],"ab","00000000-0000-0000-0000-000000000002",{"kind":"telephone","note":"电话报来"}]'
        '\n{"stage":"working"}'
    )


def test_an_aborted_call_leaves_nothing_to_seal(live_office: Office) -> None:
    office = live_office
    handle([office.registration(), office.registration(fields={"none": "x"})], office.clerk)
    assert seal(1) == 0
