"""What people settled about names in sheets: remembered, in place of what was settled before, and undone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from taizhang.core.actor import Agent
from taizhang.org import spellings
from taizhang.org.cell_units import CellReader
from taizhang.org.founding import NewUnit, add_person, add_unit, add_units
from taizhang.org.groups import KINDS, Groups, Members, define
from taizhang.org.models import Spelling, UnitGroupSpan
from taizhang.org.refusals import (
    GroupEmpty,
    MayNotChangeUnits,
    MayNotSettle,
    MayNotUndo,
    NothingChanges,
    NothingGiven,
    NotThereThen,
)
from taizhang.org.reorganise import dissolve, merge, move, rename
from taizhang.org.sites import the_site, today
from taizhang.org.spellings import Answer
from taizhang.org.tree import units_now
from tests.org.conftest import City

DAY = date(2021, 1, 1)


@pytest.fixture
def clerk(city: City) -> Agent:
    return Agent(add_person("clerk", "登记员甲").id, duties=frozenset({"register"}))


@pytest.fixture
def chief(city: City) -> Agent:
    return Agent(add_person("chief", "管理员乙").id, duties=frozenset({"administer"}))


def settle(agent: Agent, **answers: Answer) -> list[int]:
    return spellings.of_batch(spellings.settle(answers, agent, units_now()))


def test_what_was_settled_is_read_so_however_spaced_and_is_asked_again_when_undone(
    city: City, clerk: Agent
) -> None:
    assert CellReader.load().read("城关").unknown == ("城关",)
    ids = settle(clerk, 城关=Answer((city.town_a,)), 县领导=Answer())
    read = CellReader.load().read
    assert read(" 城 关").lead == city.town_a and read("城关").unknown == ()
    assert (read("县领导").lead, read("县领导").unknown) == (None, ())
    assert read("县领导、城关").lead == city.town_a, "what is no unit does not lead"
    assert spellings.undo(ids, clerk) == 2 and spellings.undo(ids, clerk) == 0
    assert CellReader.load().read("城关").unknown == ("城关",)
    assert Spelling.objects.count() == 2, "what was undone stays on record"
    assert {row.undone_by_id for row in Spelling.objects.all()} == {clerk.person_id}


def test_settling_anew_takes_the_place_of_what_was_settled(city: City, clerk: Agent, chief: Agent) -> None:
    settle(clerk, 城关=Answer((city.town_a,)))
    settle(chief, 城关=Answer((city.town_b,)))
    assert CellReader.load().unit("城关") == city.town_b
    assert list(Spelling.objects.order_by("id").values_list("undone_by_id", flat=True)) == [
        chief.person_id,
        None,
    ]


def test_only_posts_that_import_or_administer_settle_and_others_work_is_undone_by_administrators(
    city: City, clerk: Agent, chief: Agent
) -> None:
    handler = Agent(add_person("handler", "办理员丙").id, duties=frozenset({"handle", "verify"}))
    with pytest.raises(MayNotSettle):
        settle(handler, 城关=Answer((city.town_a,)))
    ids = settle(chief, 城关=Answer((city.town_a,)))
    with pytest.raises(MayNotUndo):
        spellings.undo(ids, clerk)
    with pytest.raises(MayNotSettle):
        spellings.undo(ids, handler)
    own = settle(clerk, 柳林=Answer((city.town_b,)))
    assert spellings.undo(own, chief) == 1


def test_nothing_is_settled_without_a_name_or_to_a_unit_that_is_not_there(city: City, clerk: Agent) -> None:
    dissolve(city.bureau, DAY)
    for answers in ({}, {" ": Answer()}, {"字" * 301: Answer()}):
        with pytest.raises(NothingGiven):
            spellings.settle(answers, clerk, units_now())
    for unit in (city.bureau, 10**9):
        with pytest.raises(NotThereThen):
            settle(clerk, 住建=Answer((unit,)))
    assert not Spelling.objects.exists()


def test_a_unit_dissolved_after_it_was_settled_is_asked_about_again(city: City, clerk: Agent) -> None:
    settle(clerk, 住建=Answer((city.bureau,)))
    assert CellReader.load().unit("住建") == city.bureau
    rename(city.bureau, "城乡建设局", DAY)
    assert CellReader.load().unit("住建") == city.bureau
    dissolve(city.bureau, date(2022, 1, 1))
    assert CellReader.load().read("住建").unknown == ("住建",)


def test_a_cell_of_several_gives_the_lead_to_the_first_or_the_one_marked_and_nobody_takes_an_unknown_ones_place(
    city: City, clerk: Agent
) -> None:
    settle(clerk, 公安交警=Answer((city.office, city.bureau)))
    read = CellReader.load().read
    assert (read("住建局、甲县").lead, read("住建局、甲县").assisting) == (city.bureau, (city.county_a,))
    assert read("住建局、甲县(牵头)").lead == city.county_a
    assert (read("公安交警").lead, read("公安交警").assisting) == (city.office, (city.bureau,))
    assert read("乙县、公安交警").assisting == (city.office, city.bureau)
    unknown = read("火星科、住建局")
    assert (unknown.lead, unknown.assisting, unknown.unknown) == (None, (city.bureau,), ("火星科",))
    assert read("住建局、火星科").lead == city.bureau


def test_reading_a_sheet_costs_the_same_few_queries_however_much_was_settled(
    city: City, clerk: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    spellings.settle({f"写法{n}": Answer((city.bureau,)) for n in range(300)}, clerk, units_now())
    CellReader.load()
    with django_assert_num_queries(3):
        read = CellReader.load().read
    with django_assert_num_queries(0):
        assert all(read(f"写法{n}").lead == city.bureau for n in range(300))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6))
def test_undoing_leaves_every_cell_read_as_if_nothing_had_been_settled(
    city: City, clerk: Agent, texts: list[str]
) -> None:
    before = [CellReader.load().read(text) for text in texts]
    storable = {text.replace("\0", "甲"): Answer((city.bureau,)) for text in texts}
    try:
        batch = spellings.settle(storable, clerk, units_now())
    except NothingGiven:
        return
    spellings.undo(spellings.of_batch(batch), clerk)
    assert [CellReader.load().read(text) for text in texts] == before


def groups() -> Groups:
    return Groups.load(units_now(), today(the_site()))


def test_a_group_by_kind_follows_the_tree_and_one_by_list_the_successors(city: City, chief: Agent) -> None:
    west, street = (
        unit.id for unit in add_units([NewUnit("西镇", city.county_a), NewUnit("东街道", city.county_a)])
    )
    towns = Members(below=city.county_a, endings=KINDS["towns"])
    define("各乡镇", towns, DAY, chief, units_now())
    define("两镇", Members((city.town_a, city.town_b)), DAY, chief, units_now())
    define("县直", Members(below=city.county_a), DAY, chief, units_now())
    kind, listed, direct = (groups().named(name) for name in ("各乡镇", "两镇", "县直"))
    assert kind is not None and listed is not None and direct is not None
    assert kind.unit_ids == tuple(sorted((city.town_a, west, street)))
    assert listed.unit_ids == (city.town_a, city.town_b)
    assert set(direct.unit_ids) == {city.town_a, city.bureau, west, street}
    move(city.office, city.county_a, DAY)
    merge([city.town_a], west, date(2022, 1, 1))
    kind, listed = groups().named("各乡镇"), groups().named(" 两 镇")
    assert kind is not None and kind.unit_ids == tuple(sorted((west, street)))
    assert listed is not None and listed.unit_ids == tuple(sorted((city.town_b, west)))


def test_a_group_defined_anew_keeps_what_it_was(city: City, chief: Agent) -> None:
    define("各县", Members((city.county_a,)), DAY, chief, units_now())
    with pytest.raises(NothingChanges):
        define("各 县", Members((city.county_a,)), DAY, chief, units_now())
    later = date(2022, 1, 1)
    define("各县", Members((city.county_a, city.county_b)), later, chief, units_now())
    define("各县", Members((city.county_b,)), later, chief, units_now())
    spans = UnitGroupSpan.objects.order_by("id").values_list("unit_ids", "from_on", "to_on")
    assert list(spans) == [([city.county_a], None, later), ([city.county_b], later, None)]
    found = groups().named("各县")
    assert found is not None and found.unit_ids == (city.county_b,)
    assert Groups.load(units_now(), DAY).by_id[found.group_id].unit_ids == (city.county_a,)


def test_groups_are_founded_by_administrators_and_never_empty(city: City, clerk: Agent, chief: Agent) -> None:
    with pytest.raises(MayNotChangeUnits):
        define("各县", Members((city.county_a,)), DAY, clerk, units_now())
    with pytest.raises(GroupEmpty):
        define("各村", Members(below=city.county_a, endings=KINDS["villages"]), DAY, chief, units_now())


def test_a_group_in_one_entry_has_no_lead_of_its_own_and_in_one_each_every_unit_leads_its_own(
    city: City, chief: Agent
) -> None:
    group = define("各县", Members((city.county_a, city.county_b)), DAY, chief, units_now()).id
    settle(chief, 各县=Answer(group_id=group), 各县区=Answer(group_id=group, each=True))
    read = CellReader.load().read
    both = (city.county_a, city.county_b)
    assert (read("各县").lead, read("各县").assisting, read("各县").each) == (None, both, ())
    assert read("各县、住建局").lead == city.bureau
    each = read("各县区、住建局")
    assert (each.lead, each.assisting, each.each) == (None, (city.bureau,), both)
    helping = read("住建局、各县区")
    assert (helping.lead, helping.assisting, helping.each) == (city.bureau, both, ())
    add_unit("丙县", city.root)
    assert CellReader.load().read("各县区").each == both
