"""The picture of the tree is taken once and kept while nothing changes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from taizhang.core.units import Units
from taizhang.org import tree
from taizhang.org.founding import NewUnit, add_unit
from taizhang.org.reorganise import dissolve, merge, rename, split
from tests.org.conftest import City

DAY = date(2021, 1, 1)


@pytest.mark.usefixtures("db")
def test_without_a_site_there_are_no_units() -> None:
    assert tree.units_now() == Units()


def test_an_unchanged_tree_costs_one_tiny_query_and_a_changed_one_is_read_anew(city: City) -> None:
    first = tree.units_now()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert tree.units_now() is first
    assert [query["sql"] for query in asked] == ["SELECT version FROM site"]
    rename(city.county_a, "甲市", DAY)
    assert tree.units_now().name(city.county_a) == "甲市"
    assert first.name(city.county_a) == "甲县", "a picture once taken stays as it was"


def test_a_change_rolled_back_is_forgotten(city: City) -> None:
    with transaction.atomic():
        gone = add_unit("丙县", city.root).id
        assert gone in tree.units_now().spans
        transaction.set_rollback(True)
    assert gone not in tree.units_now().spans
    other = add_unit("丁县", city.root).id
    assert other in tree.units_now().spans


def test_a_subtree_is_asked_for_today_or_any_day(city: City) -> None:
    merge([city.town_a], city.town_b, DAY)
    assert set(tree.subtree(city.county_b)) == {city.county_b, city.town_b, city.town_a, city.office}
    assert set(tree.subtree(city.county_b, DAY)) == {city.county_b, city.town_b, city.office}
    assert tree.subtree(city.county_b, date(2020, 1, 1)) == [city.county_b, city.town_b]
    assert tree.subtree(city.town_a, DAY) == []


def test_a_unit_that_lives_on_beside_a_part_is_not_below_it_by_either_way(city: City) -> None:
    part = split(city.bureau, [city.bureau, NewUnit("规划局", city.county_a)], DAY).successors[city.bureau][1]
    assert tree.units_now().below([part]) == {part} == set(tree.subtree(part))
    assert city.bureau in tree.units_now().below([city.county_a])
    dissolve(city.bureau, date(2022, 1, 1))
    assert tree.units_now().below([part]) == {part, city.bureau} == set(tree.subtree(part))


def test_a_unit_to_be_dissolved_on_a_coming_day_is_not_yet_below_what_was_split_off(city: City) -> None:
    part = split(city.bureau, [city.bureau, NewUnit("规划局", city.county_a)], DAY).successors[city.bureau][1]
    dissolve(city.bureau, date(2999, 1, 1))
    assert tree.units_now().below([part]) == {part}
