"""A reorganisation moves the open entries of a dissolved unit and leaves the closed ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger import queries, reorganising, store, visibility
from taizhang.ledger.handle import handle
from taizhang.ledger.work import follow_reorganisations
from taizhang.org.founding import NewUnit
from taizhang.org.reorganise import merge, split
from taizhang.org.sites import change_site
from tests.ledger.office import Office

pytestmark = pytest.mark.usefixtures("db")


def lead_of(office: Office, entry_id: object) -> int | None:
    found = queries.by_id(office.site.id, visibility.scope_of(office.operator.acting), entry_id)  # type: ignore[arg-type]
    assert found is not None
    return found.lead_unit_id


def test_open_entries_go_to_the_successor_and_closed_ones_stay(office: Office) -> None:
    open_one, closed_one, old = office.assigned(), office.assigned("已办完的"), office.town
    office.closed(closed_one)
    new = NewUnit("新城镇", parent=None)
    done, moved = reorganising.reorganise(
        lambda: merge([old], new, office.today), office.operator, document="示政发〔2026〕1号"
    )
    (successor,) = done.successors[old]
    assert moved.transferred == (open_one,)
    assert lead_of(office, open_one) == successor
    assert lead_of(office, closed_one) == old
    last = store.histories(office.site.id, [open_one])[open_one][-1]
    assert last.occurred_on == office.today
    assert last.source is not None
    assert last.source.note == "示政发〔2026〕1号"


def test_a_second_run_moves_nothing(office: Office) -> None:
    office.assigned()
    reorganising.reorganise(
        lambda: merge([office.town], NewUnit("新城镇"), office.today), office.operator, document="一号文"
    )
    assert reorganising.follow(office.operator, document="一号文").transferred == ()


def test_after_a_split_only_what_is_allocated_moves_and_the_rest_is_listed(office: Office) -> None:
    old = office.other_town
    one, other = office.assigned(unit=old), office.assigned("另一件", unit=old)
    done, moved = reorganising.reorganise(
        lambda: split(old, [NewUnit("东镇"), NewUnit("西镇")], office.today),
        office.operator,
        document="二号文",
    )
    assert moved.transferred == ()
    assert set(moved.unallocated) == {one, other}
    east = done.successors[old][0]
    again = reorganising.follow(office.operator, document="二号文", allocation={one: east})
    assert again.transferred == (one,)
    assert again.unallocated == (other,)
    assert lead_of(office, one) == east


def test_a_reorganisation_with_a_coming_day_moves_nothing_yet(office: Office) -> None:
    entry = office.assigned()
    tomorrow = office.today + timedelta(days=1)
    _, moved = reorganising.reorganise(
        lambda: merge([office.town], NewUnit("新城镇"), tomorrow), office.operator, document="三号文"
    )
    assert moved.transferred == ()
    assert lead_of(office, entry) == office.town


def test_the_successors_people_cannot_verify_what_the_dissolved_unit_did(office: Office) -> None:
    entry = office.assigned()
    office.reported_done(entry)
    done, _ = reorganising.reorganise(
        lambda: merge([office.town], NewUnit("新城镇"), office.today), office.operator, document="四号文"
    )
    (successor,) = done.successors[office.town]
    stranger = Actor.alone(office.agent("核查员丁", successor))
    result = handle([c.PassVerification(entry_id=entry)], stranger)
    assert [type(item.refusal).__name__ for item in result.outcomes] == ["VerifierOfDoersUnit"]


def test_the_worker_carries_out_a_reorganisation_on_its_day(office: Office) -> None:
    entry = office.assigned()
    change_site(kind="rehearsal", now_override=datetime.now(UTC))
    tomorrow = office.today + timedelta(days=1)
    done, _ = reorganising.reorganise(
        lambda: merge([office.town], NewUnit("新城镇"), tomorrow), office.operator, document="五号文"
    )
    change_site(now_override=datetime.now(UTC) + timedelta(days=1))
    assert follow_reorganisations(office.site) == 1
    assert lead_of(office, entry) == done.successors[office.town][0]
