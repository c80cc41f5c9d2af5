"""责任人 and 分管领导: typed or chosen on the form of 交办, and shown on the entry."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from taizhang.ledger import ledgers
from taizhang.org.founding import add_people, add_post, appoint
from taizhang.org.models import Person
from taizhang.org.sites import now
from tests.desk.staff import Staff
from tests.desk.test_pages import post_move
from tests.ledger.office import rows
from tests.samples import TEXTS


@pytest.fixture
def entry(staff: Staff) -> UUID:
    return staff.office.registered("没有单位的事")


def assign(staff: Staff, entry: UUID, **typed: str) -> tuple[int, str]:
    given = {"lead_unit": "城关镇", "due_on": "2099-01-01", **typed}
    return post_move(staff, "desk", entry, "assign", 1, **given)


def shown(staff: Staff, entry: UUID) -> dict[str, str]:
    facts = staff.client("desk").get(f"/entries/{entry}/").context["facts"]
    return {fact["label"]: fact["text"] for fact in facts}


def options(staff: Staff, part: str, unit: str, role: str = "desk") -> list[str]:
    answer = staff.client(role).get(f"/posts/{part}/", {"lead_unit": unit})
    return re.findall(r'<option value="(.*?)"></option>', answer.content.decode())


def second_handler(staff: Staff, name: str = "某handler") -> int:
    """Another post of 城关镇, held by a namesake unless told otherwise."""
    post = add_post(staff.office.town, "副镇长").id
    appoint(add_people([Person(username="second", name=name)])[0].pk, post)
    return post


@pytest.mark.parametrize("typed", ["handler岗", "某handler", "handler岗（某handler）"])
def test_a_post_is_found_by_its_name_by_who_holds_it_and_as_the_list_writes_it(
    staff: Staff, entry: UUID, typed: str
) -> None:
    assert assign(staff, entry, responsible_post=typed, overseeing_post="甲县 county岗（某county）")[0] == 302
    facts = shown(staff, entry)
    assert facts["责任人"] == "城关镇 handler岗（某handler）"
    assert facts["分管领导"] == "甲县 county岗（某county）"
    page = staff.client("desk").get(f"/entries/{entry}/").content.decode()
    assert "责任人：— → handler岗" in page and "分管领导：— → county岗" in page


@pytest.mark.parametrize(
    ("part", "typed", "words"),
    [
        ("responsible_post", "county岗", "城关镇没有“county岗”这个岗位"),
        ("responsible_post", "stranger岗", "城关镇没有“stranger岗”这个岗位"),
        ("overseeing_post", "stranger岗", "城关镇及其上级单位没有“stranger岗”这个岗位"),
        ("overseeing_post", "没有这个人", "城关镇及其上级单位没有“没有这个人”这个岗位"),
    ],
)
def test_a_post_of_another_unit_is_refused_beside_its_input_and_stays_typed(
    staff: Staff, entry: UUID, part: str, typed: str, words: str
) -> None:
    status, page = assign(staff, entry, **{part: typed})
    assert status == 422
    field = re.search(rf'<input[^>]+id="assign-{part}"[^>]*>.*?</div></div>', page, re.S)
    assert field is not None and words in field[0] and f'value="{typed}"' in field[0]
    assert rows("SELECT version FROM entry WHERE entry_id = %s", entry) == [(1,)]


def test_of_several_that_fit_the_words_ask_for_one(staff: Staff, entry: UUID) -> None:
    second = second_handler(staff)
    status, page = assign(staff, entry, responsible_post="某handler")
    assert status == 422
    assert "有几个岗位符合“某handler”，请选定一个：handler岗（某handler）、副镇长（某handler）" in page
    assert assign(staff, entry, responsible_post="副镇长（某handler）")[0] == 302
    assert rows(
        "SELECT (body->>'responsible_post')::int FROM event WHERE kind = 'EntryAssigned' AND entry_id = %s",
        entry,
    ) == [(second,)]


def test_the_list_offers_the_lead_unit_and_for_the_overseer_what_is_above(staff: Staff) -> None:
    assert options(staff, "responsible_post", "城关镇") == ["handler岗（某handler）", "admin岗（某admin）"]
    assert options(staff, "overseeing_post", "城关镇") == [
        "handler岗（某handler）",
        "admin岗（某admin）",
        "甲县 county岗（某county）",
        "明州市 clerk岗（某clerk）",
        "明州市 desk岗（某desk）",
    ]


def test_the_list_stays_within_scope(staff: Staff) -> None:
    assert options(staff, "overseeing_post", "城关镇", "county") == [
        "handler岗（某handler）",
        "admin岗（某admin）",
        "甲县 county岗（某county）",
    ]
    assert options(staff, "responsible_post", "城关镇", "stranger") == []


@pytest.mark.parametrize("unit", ["", "没有这个镇", "城关镇\0"])
def test_without_one_unit_there_is_nothing_to_choose(staff: Staff, unit: str) -> None:
    assert options(staff, "responsible_post", unit) == []


def test_there_are_no_other_lists_of_posts(staff: Staff) -> None:
    assert staff.client("desk").get("/posts/lead_unit/", {"lead_unit": "城关镇"}).status_code == 404


def test_a_move_that_needs_the_posts_is_offered_and_asks_for_them(staff: Staff) -> None:
    text = TEXTS["playbook.toml"].replace(
        'needs = ["due_on"]', 'needs = ["due_on", "responsible_post", "overseeing_post"]'
    )
    office = staff.office
    given = {"key": "posts", "name": "", "unit_id": office.city, "opened_by": 1, "now": now(office.site)}
    opened = ledgers.open_ledger(office.site, {"playbook.toml": text}, **given)
    entry = office.registered("要写责任人的事", ledger_id=opened.ledger_id)
    page = staff.client("desk").get(f"/entries/{entry}/").content.decode()
    assert f"/entries/{entry}/moves/assign/" in page
    assert re.search(r'id="assign-responsible_post"[^>]* required', page)
    assert "须写明责任人" in assign(staff, entry, overseeing_post="某county")[1]
    assert assign(staff, entry, responsible_post="某handler", overseeing_post="某county")[0] == 302
