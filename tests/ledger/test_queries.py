"""Lists, pages and search over entries."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from unittest.mock import patch
from uuid import UUID

import pytest

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger import ledgers, queries, sealing, searching, visibility
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.queries import ORDERS, Filters, Listed, Order
from taizhang.ledger.visibility import Scope, scope_of
from tests.ledger.histories import Years
from tests.ledger.office import Office, done, rows
from tests.samples import TEXTS

TITLE = '路灯不亮 ＬＥＤ é ß 3\'x \\ "引" %_ & | ! - 𠮷野家'


def indexed() -> None:
    """What the worker does behind every write."""
    sealing.seal(1)
    searching.index(1)


@pytest.mark.parametrize(
    "word",
    [
        "路灯",
        "灯",
        "亮",
        "路",
        "ｌｅｄ",
        "É",
        "ß",
        "3'",
        "\\",
        '"引"',
        "%_",
        "%",
        "&",
        "| !",
        "𠮷",
        "不亮 路灯",
        "00001",
    ],
)
def test_a_search_finds_words_and_lone_characters_wherever_they_stand(office: Office, word: str) -> None:
    entry = office.registered(TITLE)
    office.registered("井盖缺失")
    for follow in (lambda: None, indexed):
        follow()
        found = queries.page(1, scope_of(office.desk.acting), Filters(office.ledger_id, search=word))
        assert [item.entry_id for item in found.entries] == [entry]


@pytest.mark.parametrize("word", ["灯路", "亮灯", "x", "t", "sealed", "title", "a\0b", "\ud800", "''", "7 8"])
def test_a_search_finds_nothing_that_is_not_there(office: Office, word: str) -> None:
    office.registered("路灯不亮", fields={"phone": "13900000000"})
    for follow in (lambda: None, indexed):
        follow()
        assert queries.count(1, scope_of(office.desk.acting), Filters(office.ledger_id, search=word)) == 0


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_show_every_entry_once_in_every_order(
    office: Office, order: Order, *, descending: bool
) -> None:
    for n in range(7):
        office.registered(
            f"{'乙甲丙'[n % 3]}事", due_on=office.today if n % 2 else office.today.replace(2030)
        )
    seen: list[Listed] = []
    after = None
    while True:
        page = queries.page(
            1,
            scope_of(office.desk.acting),
            Filters(office.ledger_id),
            order=order,
            descending=descending,
            after=after,
            size=2,
        )
        seen += page.entries
        after = page.after
        if after is None:
            break
        assert len(page.entries) == 2
    keys = [(item.order_value, item.entry_id) if ORDERS[order] else item.entry_id for item in seen]
    assert len(keys) == len(set(keys)) == 7
    assert keys == sorted(keys, reverse=descending)


def every_page(scope: Scope, filters: Filters, order: Order, *, descending: bool) -> list[UUID]:
    """The ids of all pages, three to a page."""
    seen: list[UUID] = []
    after = None
    while True:
        page = queries.page(1, scope, filters, order=order, descending=descending, after=after, size=3)
        seen += [item.entry_id for item in page.entries]
        after = page.after
        if after is None:
            return seen


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_way_a_page_is_found_it_holds_what_the_parties_and_accusations_say(
    office: Office, seed: int
) -> None:
    """By each unit's own entries, or through the ledger's; filtered or not; with and without the index's help."""
    Years(office, seed).live(20)
    twin = ledgers.open_ledger(
        office.site, dict(TEXTS), key="twin", name="", unit_id=office.city, opened_by=1, now=datetime.now(UTC)
    )
    done(handle([office.registration(ledger_id=twin.ledger_id, lead_unit=office.town)], office.clerk))
    listed = {
        row[0]: row for row in rows("SELECT entry_id, ledger_id, stage, due_on, named_units FROM entry")
    }
    parties = rows("SELECT entry_id, unit_id FROM entry_party")
    assert any(row[4] for row in listed.values()), "some accusation names a unit"
    assert len(parties) > len(set(parties)), "some unit has two parts in an entry"
    for unit in (office.city, office.county, office.town, office.section, office.other_town, office.checking):
        scope = scope_of(Actor.alone(office.agent("县员辛", unit)).acting)
        below = scope.unit_ids if scope.unit_ids is not None else {row[1] for row in parties}
        with_part = {entry_id for entry_id, party in parties if party in below}
        for stages, broad in product(((), ("assigned", "working")), (False, True)):
            expected = {
                entry_id
                for entry_id, ledger, stage, _due, named in listed.values()
                if ledger == office.ledger_id
                and entry_id in with_part
                and not set(named or ()) & scope.hidden_from
                and (not stages or stage in stages)
            }
            filters = Filters(office.ledger_id, stages=stages)
            with patch.object(visibility, "FEW", 0 if broad else visibility.FEW):
                assert queries.count(1, scope, filters) == len(expected)
                for order, descending in product(ORDERS, (False, True)):
                    found = every_page(scope, filters, order, descending=descending)
                    dated = {each for each in expected if order != "due" or listed[each][3] is not None}
                    assert set(found) == dated and len(found) == len(dated)
                    if order == "registered":
                        assert found == sorted(found, reverse=descending)


def test_a_unit_sees_what_lies_with_it_or_below_it(office: Office) -> None:
    town, elsewhere = office.assigned(), office.assigned("别处", unit=office.other_town)
    both = office.registered("协办", lead_unit=office.town, assisting_units=(office.other_town,))
    seen = {
        office.town: {town, both},
        office.county: {town, both},
        office.section: set(),
        office.other_town: {elsewhere, both},
        office.city: {town, both, elsewhere},
    }
    for unit, entries in seen.items():
        scope = scope_of(Actor.alone(office.agent("县员辛", unit)).acting)
        assert {
            item.entry_id for item in queries.each(1, scope, Filters(office.ledger_id), size=1)
        } == entries


def test_a_search_finds_the_same_before_and_after_the_index_has_followed(office: Office) -> None:
    """Registered and not sealed, sealed and not indexed, indexed: nobody can tell by what is found."""
    scope = scope_of(office.desk.acting)
    entry = office.registered("柳荫渡口 河道漂浮物")
    other = office.registered("河道护栏缺失")

    def found(words: str) -> set[UUID]:
        listed = queries.page(1, scope, Filters(office.ledger_id, search=words)).entries
        assert queries.count(1, scope, Filters(office.ledger_id, search=words)) == len(listed)
        return {one.entry_id for one in listed}

    def check() -> None:
        assert found("河道") == {entry, other}
        assert found("河道 护栏") == {other}
        assert found("柳荫渡口 漂浮") == {entry}
        assert found("道河") == found("title") == set()

    check()
    sealing.seal(1)
    check()
    indexed()
    assert searching.index(1) == 0, "it has followed everything"
    check()


def test_a_changed_text_is_found_by_its_new_words_alone(office: Office) -> None:
    scope = scope_of(office.desk.acting)
    entry = office.registered("围墙倾斜")
    indexed()
    amended = c.AmendEntry(entry_id=entry, changes={"title": "围墙已拆除"}, reason="现场核对")
    assert handle([amended], office.desk).done
    for follow in (lambda: None, indexed):
        follow()
        assert queries.count(1, scope, Filters(office.ledger_id, search="倾斜")) == 0
        assert queries.count(1, scope, Filters(office.ledger_id, search="拆除")) == 1


def test_the_index_is_what_answers_once_it_has_followed(office: Office) -> None:
    scope = scope_of(office.desk.acting)
    office.registered("围墙倾斜")
    indexed()
    with cursor() as database:
        database.execute("UPDATE entry_search SET grams = ''")
    assert queries.count(1, scope, Filters(office.ledger_id, search="倾斜")) == 0


def test_an_index_emptied_is_filled_from_the_first_event_again(office: Office) -> None:
    scope = scope_of(office.desk.acting)
    office.registered("围墙倾斜")
    indexed()
    with cursor() as database:
        database.execute("DELETE FROM entry_search")
    searching.forget(1)
    assert searching.index(1) == 1
    assert queries.count(1, scope, Filters(office.ledger_id, search="倾斜")) == 1
