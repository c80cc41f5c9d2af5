"""Lists, pages and search over entries."""

from __future__ import annotations

import pytest

from taizhang.core.actor import Actor
from taizhang.ledger import queries
from taizhang.ledger.queries import ORDERS, Filters, Listed, Order
from taizhang.ledger.visibility import scope_of
from tests.ledger.office import Office

TITLE = '路灯不亮 ＬＥＤ é ß 3\'x \\ "引" %_ & | ! - 𠮷野家'


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
    found = queries.page(1, scope_of(office.desk.acting), Filters(office.ledger_id, search=word))
    assert [item.entry_id for item in found.entries] == [entry]


@pytest.mark.parametrize("word", ["灯路", "亮灯", "x", "t", "sealed", "title", "a\0b", "\ud800", "''", "7 8"])
def test_a_search_finds_nothing_that_is_not_there(office: Office, word: str) -> None:
    office.registered("路灯不亮", fields={"phone": "13900000000"})
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
