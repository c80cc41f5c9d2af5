"""Lists, pages and search over entries."""

from __future__ import annotations

from uuid import UUID

import pytest

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger import queries, sealing, searching
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.queries import ORDERS, Filters, Listed, Order
from taizhang.ledger.visibility import scope_of
from tests.ledger.office import Office

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
