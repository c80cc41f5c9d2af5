"""Counts of any past day, as of then and as known then, equal a recount of the events one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest

from taizhang.core import commands as c
from taizhang.ledger import cells
from taizhang.ledger.handle import handle
from tests.ledger import short_fold
from tests.ledger.histories import Years
from tests.ledger.office import BY_PHONE, Office, done, rows, together
from tests.ledger.short_fold import Place


def counted(office: Office, day: date, known_at: date | None = None) -> Counter[Place]:
    found = cells.standing(1, office.ledger_id, day, known_at=known_at)
    assert len(found) == len({(item.stage, item.unit_id, item.category_id) for item in found})
    if known_at is None:
        by_unit = Counter[tuple[str, int]]()
        for item in found:
            by_unit[item.stage, item.unit_id] += item.n
        of_stages = {place: n for place, n in by_unit.items() if n and place[0]}
        assert cells.standing_by_unit(1, office.ledger_id, day, None) == of_stages
        some = {0, office.town, office.section}
        assert cells.standing_by_unit(1, office.ledger_id, day, some) == {
            place: n for place, n in of_stages.items() if place[1] in some
        }
    return Counter({(item.stage, item.unit_id, item.category_id): item.n for item in found})


def flowed(
    office: Office, first: date, last: date, known_at: date | None = None
) -> tuple[Counter[Place], Counter[Place]]:
    found = cells.flows(1, office.ledger_id, first, last, known_at=known_at)
    return (
        Counter({(item.stage, item.unit_id, item.category_id): item.n_in for item in found if item.n_in}),
        Counter({(item.stage, item.unit_id, item.category_id): item.n_out for item in found if item.n_out}),
    )


def agree(office: Office, first: date, last: date, step: int = 1) -> None:
    """Standing and flows of the days, as of now and as known on some days between."""
    days = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    for day in days:
        assert counted(office, day) == short_fold.standing(day), day
    for day in days[:: max(1, len(days) // 4)]:
        for known_at in days[:: max(1, len(days) // 4)]:
            assert counted(office, day, known_at) == short_fold.standing(day, known_at), (day, known_at)
        assert flowed(office, day, day) == short_fold.flows(day, day), day
        assert flowed(office, first, day, known_at=day) == short_fold.flows(first, day, day), day
    assert flowed(office, first, last) == short_fold.flows(first, last)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cells_of_a_random_history_equal_a_recount(office: Office, seed: int) -> None:
    years = Years(office, seed)
    first = years.day - timedelta(days=10)
    years.live(6)
    agree(office, first, years.day, step=3)
    assert cells.pack(1) > 0
    agree(office, first, years.day, step=3)
    assert cells.snapshot(1, office.today) > 0
    agree(office, first, years.day, step=3)
    years.live(6)
    agree(office, first, years.day, step=3)
    cells.pack(1)
    cells.snapshot(1, office.today)
    years.live(3)
    agree(office, first, years.day + timedelta(days=2))
    cells.pack(1)
    assert rows("SELECT count(*) FROM cell_delta") == [(0,)]
    agree(office, first, years.day + timedelta(days=2), step=2)
    assert years.written > 150
    kinds = {row[0] for row in rows("SELECT DISTINCT kind FROM event")}
    assert {"EntryClosedOut", "FlagSet", "FlagCleared", "EntrySplit", "VerificationFailed"} <= kinds


def stands(office: Office, day: date, stage: str, known_at: date | None = None) -> int:
    return sum(n for place, n in counted(office, day, known_at).items() if place[0] == stage)


def test_what_is_recorded_late_counts_at_its_day_and_is_known_from_today(office: Office) -> None:
    years = Years(office, 0)
    start = years.day
    entry = office.assigned()
    for _ in range(20):
        years.turn(1)
    cells.pack(1)
    assert cells.snapshot(1, office.today) >= 2
    late = start + timedelta(days=3)
    done(handle([c.AcceptEntry(entry_id=entry, occurred_on=late, source=BY_PHONE)], office.worker))
    for packed in (False, True):
        if packed:
            cells.pack(1)
        assert stands(office, late - timedelta(days=1), "working") == 0
        assert stands(office, late, "working") == 1
        assert stands(office, office.today, "working") == 1
        assert stands(office, office.today, "assigned") == 0
        yesterday = office.today - timedelta(days=1)
        assert stands(office, yesterday, "working", known_at=yesterday) == 0
        assert stands(office, yesterday, "assigned", known_at=yesterday) == 1
        assert flowed(office, late, late)[0] == {("working", office.town, 0): 1}


def test_days_are_those_of_the_site_and_not_of_utc(office: Office) -> None:
    years = Years(office, 0)
    office.registered()
    assert rows("SELECT (recorded_at AT TIME ZONE 'UTC')::date, occurred_on FROM event") == [
        (years.day - timedelta(days=1), years.day)
    ]
    assert stands(office, years.day - timedelta(days=1), "new", known_at=years.day) == 0
    assert stands(office, years.day, "new", known_at=years.day) == 1
    assert stands(office, years.day, "new", known_at=years.day - timedelta(days=1)) == 0


def test_an_accusation_takes_its_counts_back_at_their_own_days_and_regains_them(office: Office) -> None:
    years = Years(office, 0)
    first = years.day
    entry, other = office.assigned(unit=office.checking), office.assigned(unit=office.checking)
    years.turn(3)
    done(handle([c.ReturnEntry(entry_id=entry, reason="退")], office.everything_at(office.checking)))
    days = [first + timedelta(days=n) for n in range(12)]
    shown = [counted(office, day) for day in days]
    years.turn(3)
    flag(office, entry)
    alone = short_fold.folded()
    assert {item: bool(alone[item].stays[0][4]) for item in (entry, other)} == {entry: True, other: False}
    hidden = [counted(office, day) for day in days]
    assert all(sum(n for place, n in cell.items() if place[0] == "") == 1 for cell in hidden)
    assert sum(flowed(office, first, days[-1])[0].values()) == 3
    years.turn(2)
    done(handle([c.ClearFlag(entry_id=entry, flag="accusation", reason="查否")], office.desk))
    assert [counted(office, day) for day in days] == shown
    assert [counted(office, day) for day in days] == [short_fold.standing(day) for day in days]


def flag(office: Office, entry: UUID) -> None:
    named = c.SetFlag(entry_id=entry, flag="accusation", named_units=(office.town,))
    done(handle([named], office.desk))


def test_an_accusation_from_the_start_is_in_no_count(office: Office) -> None:
    office.registered(flags=("accusation",), named_units=(office.town,))
    assert counted(office, office.today) == {}
    assert flowed(office, office.today, office.today) == ({}, {})


def test_another_ledger_has_its_own_counts(office: Office) -> None:
    office.registered()
    assert cells.standing(1, office.ledger_id + 1, office.today) == []
    assert cells.standing(2, office.ledger_id, office.today) == []


def test_packing_twice_or_at_once_counts_once(live_office: Office) -> None:
    office = live_office
    for n in range(6):
        office.registered(f"{n}")
    before = counted(office, office.today)
    waiting = rows("SELECT count(*) FROM cell_delta")[0][0]
    assert sum(together(*[lambda: cells.pack(1)] * 3)) == waiting > 6
    assert rows("SELECT count(*) FROM cell_delta") == [(0,)]
    assert counted(office, office.today) == before
