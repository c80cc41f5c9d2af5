"""Names in sheets find their unit, or say which may be meant."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from taizhang.org.cell_names import split_units
from taizhang.org.founding import NewUnit, add_unit, add_units
from taizhang.org.matching import NamedUnit, UnitNames
from taizhang.org.reorganise import dissolve, rename
from taizhang.org.tree import units_now
from tests.org.conftest import City

DAY = date(2021, 1, 1)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("住建局、公安局，交警大队；城关镇", ["住建局", "公安局", "交警大队", "城关镇"]),
        ("住建局/公安局\n城关镇\r\n", ["住建局", "公安局", "城关镇"]),
        ("公安 交警", ["公安", "交警"]),
        ("住建局（牵头） 公安局(配合)", ["住建局", "公安局"]),
        ("公安局、住建局(牵头单位)", ["住建局", "公安局"]),
        ("牵头单位：住建局；配合单位：公安局、城管局", ["住建局", "公安局", "城管局"]),
        ("住 建 局", ["住建局"]),
        ("住建局、住建局", ["住建局"]),
        ("Public Works; Parks (lead)", ["Parks", "Public Works"]),
        ("城关镇（甲县）", ["城关镇(甲县)"]),
        (" 　、；", []),
    ],
)
def test_a_cell_of_several_units_is_taken_apart_with_the_lead_first(cell: str, names: list[str]) -> None:
    assert split_units(cell) == names


def test_a_unit_is_found_by_its_name_short_name_and_alias_however_spaced(city: City) -> None:
    names = UnitNames.load()
    for written in (
        "住房和城乡建设局",
        " 住房 和城乡建设局\n",
        "住建局",
        "县住建局",
        "住建局\u200b",
        "住房和城乡建设局\u3000",
    ):
        assert names.find(written) == city.bureau, written
    assert names.find("甲县") == city.county_a
    assert names.find("") is None
    assert names.nearest(" ") == []


def test_full_width_letters_and_case_do_not_matter(city: City) -> None:
    zone = add_unit("ABC（南）园区", city.root).id
    assert UnitNames.load().find("ａｂｃ(南)园区") == zone


def test_two_units_of_one_name_are_no_match_but_both_are_named_with_their_parents(city: City) -> None:
    names = UnitNames.load()
    assert names.find("城关镇") is None
    assert names.nearest("城关镇") == ["城关镇（甲县）", "城关镇（乙县）"]
    for written in ("城关镇（甲县）", "甲县城关镇", "明州市甲县城关镇"):
        assert names.find(written) == city.town_a, written


def test_a_name_counts_before_anothers_alias(city: City) -> None:
    add_unit("县住建局", city.county_b)
    assert UnitNames.load().find("县住建局") != city.bureau


def test_namesakes_below_namesakes_are_told_apart_further_up() -> None:
    names = UnitNames(
        {
            1: NamedUnit(1, "东市"),
            2: NamedUnit(2, "西市"),
            3: NamedUnit(3, "城区", parent_id=1),
            4: NamedUnit(4, "城区", parent_id=2),
            5: NamedUnit(5, "一街", parent_id=3),
            6: NamedUnit(6, "一街", parent_id=4),
        }
    )
    assert names.nearest("一街") == ["一街（东市城区）", "一街（西市城区）"]
    assert [names.find(each) for each in names.nearest("一街")] == [5, 6]


def test_a_former_name_still_finds_the_unit_and_a_dissolved_unit_is_not_found(city: City) -> None:
    rename(city.office, "应急管理站", DAY)
    dissolve(city.bureau, DAY)
    names = UnitNames.load()
    assert names.find("应急办公室") == names.find("应急管理站") == city.office
    assert names.find("住建局") is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("住房城乡建设局", "住房和城乡建设局"),
        ("应急办公式", "应急办公室"),
        ("莲花吃街道", "莲花池街道"),
        ("莲花池街道办事处", "莲花池街道"),
        ("莲花池", "莲花池街道"),
        ("lianhuachi", "莲花池街道"),
    ],
)
def test_a_near_miss_names_the_nearest_by_sight_or_sound(city: City, written: str, meant: str) -> None:
    add_units([NewUnit("莲花池街道", city.county_b), NewUnit("教育局", city.county_b)])
    names = UnitNames.load()
    assert names.find(written) is None
    assert names.nearest(written)[0] == meant
    assert len(names.nearest(written)) <= 3


def test_nothing_near_names_nothing(city: City) -> None:
    assert UnitNames.load().nearest("xyz 1234") == []


def test_names_are_read_once_per_picture_of_the_tree_and_follow_its_changes(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = units_now()
    assert UnitNames.of(units).find("住建局") == city.bureau
    with django_assert_num_queries(0):
        assert UnitNames.of(units).find("县住建局") == city.bureau
    added = add_unit("柳林镇", city.county_b)
    assert UnitNames.of(units_now()).find("柳林镇") == added.id
