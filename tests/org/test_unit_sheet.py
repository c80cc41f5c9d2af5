"""Units from sheets: every form, nothing twice, every row not taken named with its column."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from taizhang.org.founding import found_site
from taizhang.org.models import Unit
from taizhang.org.reorganise import move
from taizhang.org.tree import subtree, units_now
from taizhang.org.unit_sheet import apply, plan_units
from tests.org.conftest import City

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"


def test_a_list_with_parents_by_name_is_founded_with_all_it_says(city: City) -> None:
    rows = [
        {
            "单位名称": "丙县教育局",
            "上级单位": "丙县",
            "简称": "教育局",
            "别名": "县教育局、教体局",
            "编码": "A1",
            "备注": "x",
        },
        {
            "单位名称": "丙县",
            "上级单位": "",
            "简称": "丙",
            "别名": "",
            "编码": "999923",
            "成立日期": "2019年3月2日",
        },
        {"单位名称": "信访局", "上级单位": "甲县", "简称": "", "别名": "", "编码": ""},
        {"单位名称": "", "上级单位": " ", "简称": ""},
    ]
    plan = plan_units(rows)
    assert (plan.problems, plan.existing, plan.ignored_columns) == ([], 0, ("备注",))
    units = {unit.name: unit for unit in apply(plan)}
    bureau = units["丙县教育局"]
    assert (bureau.short_name, bureau.aliases, bureau.code) == ("教育局", ["县教育局", "教体局"], "A1")
    assert bureau.path == f"/{city.root}/{units['丙县'].id}/{bureau.id}/"
    assert units["丙县"].from_on == bureau.from_on == date(2019, 3, 2)
    assert units["信访局"].parent_id == city.county_a


def test_importing_a_sheet_twice_adds_nothing(city: City) -> None:
    rows = [
        {"名称": "丙县", "上级": ""},
        {"名称": "城关镇", "上级": "丙县"},
        {"名称": "城关镇", "上级": "甲县"},
    ]
    assert [new.name for new in plan_units(rows).new] == ["丙县", "城关镇"]
    apply(plan_units(rows))
    again = plan_units(rows)
    assert (again.new, again.existing, again.problems) == ([], 3, [])
    before = Unit.objects.count()
    apply(again)
    assert Unit.objects.count() == before


def test_a_column_for_each_level_reads_blanks_as_above_and_skips_levels(city: City) -> None:
    rows = [
        {"市": "明州市", "县": "丙县", "乡镇": "东镇"},
        {"市": "", "县": "", "乡镇": "西镇"},
        {"市": "明州市", "县": "", "乡镇": "市直机关"},
        {"市": "", "县": "甲县", "乡镇": "城关镇"},
    ]
    plan = plan_units(rows)
    assert plan.problems == []
    apply(plan)
    above = {unit.name: unit.parent and unit.parent.name for unit in Unit.objects.all()}
    assert (above["东镇"], above["西镇"], above["市直机关"]) == ("丙县", "丙县", "明州市")
    assert Unit.objects.filter(name="城关镇").count() == 2
    again = plan_units(rows)
    assert again.new == []


def test_levels_with_a_column_for_the_unit_itself(city: City) -> None:
    rows = [
        {"县": "丙县", "单位名称": "水利局", "代码": "W1"},
        {"县": "丙县", "单位名称": "林业局", "代码": "W2"},
    ]
    apply(plan_units(rows))
    assert set(Unit.objects.filter(parent__name="丙县").values_list("name", "code")) == {
        ("水利局", "W1"),
        ("林业局", "W2"),
    }


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"名称": "丙", "上级": "没有的"}], [(2, "上级", "找不到上级")]),
        ([{"名称": "丙", "上级": "甲线"}], [(2, "上级", "甲县")]),
        ([{"名称": "", "上级": "甲县"}], [(2, "名称", "空")]),
        ([{"名称": "丙", "上级": "甲县"}, {"名称": "丙 ", "上级": "甲县"}], [(3, "名称", "第 2 行重复")]),
        (
            [{"名称": "丙", "上级": "丁"}, {"名称": "丁", "上级": "丙"}],
            [(2, "上级", "绕"), (3, "上级", "绕")],
        ),
        ([{"名称": "丙", "上级": "丙"}], [(2, "上级", "绕")]),
        (
            [{"名称": "戊", "上级": "丙"}, {"名称": "丙", "上级": "没有的"}],
            [(2, "上级", "没有导入"), (3, "上级", "找不到上级")],
        ),
        (
            [{"名称": "丙", "上级": "甲县"}, {"名称": "丙", "上级": "乙县"}, {"名称": "戊", "上级": "丙"}],
            [(4, "上级", "不止一个")],
        ),
        ([{"名称": "科", "上级": "城关镇"}], [(2, "上级", "城关镇（甲县）、城关镇（乙县）")]),
        ([{"序号": "1", "备注": "x"}], [(1, "", "没有找到单位名称所在的列")]),
        ([{"县": "丙县", "乡镇": "东镇"}, {"县": "丙县", "乡镇": "东镇"}], [(3, "乡镇", "第 2 行重复")]),
        (
            [{"县": "丙县", "乡镇": "东镇", "电话": ""}, {"县": "", "乡镇": "", "电话": "1"}],
            [(3, "县", "没有单位名称")],
        ),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_column_in_both_languages(
    city: City, rows: list[dict[str, str]], found: list[tuple[int, str, str]]
) -> None:
    problems = plan_units(rows).problems
    assert [(problem.row, problem.column) for problem in problems] == [
        (row, column) for row, column, _ in found
    ]
    for problem, (_, _, words) in zip(problems, found, strict=True):
        assert words in problem.message.zh
        assert problem.message.en not in ("", problem.message.zh)


def test_rows_around_a_bad_one_are_taken(city: City) -> None:
    rows = [{"名称": "丙", "上级": "没有的"}, {"名称": "丁", "上级": "甲县"}]
    assert [unit.name for unit in apply(plan_units(rows))] == ["丁"]


def test_what_differs_from_a_stored_unit_is_said_and_left_as_it_is(city: City) -> None:
    plan = plan_units([{"名称": "甲县", "代码": "999999"}])
    assert (plan.new, plan.existing) == ([], 1)
    assert [(remark.row, "999921" in remark.message.zh) for remark in plan.remarks] == [(2, True)]


def test_an_unreadable_or_impossible_day_is_said_and_the_unit_taken(city: City) -> None:
    rows = [
        {"名称": "丙", "上级": "", "成立日期": "很久以前"},
        {"名称": "丁", "上级": "", "成立日期": "2020-01-01"},
        {"名称": "戊", "上级": "丁", "成立日期": "2019-01-01"},
    ]
    plan = plan_units(rows)
    assert [remark.row for remark in plan.remarks] == [2, 4]
    assert [unit.from_on for unit in apply(plan)] == [None, date(2020, 1, 1), date(2020, 1, 1)]


def test_codes_never_join_a_row_to_a_unit_of_another_name(city: City) -> None:
    plan = plan_units([{"代码": "999921", "名称": "丙县", "上级": ""}])
    assert [new.name for new in plan.new] == ["丙县"]
    (remark,) = plan.remarks
    assert "999921" in remark.message.zh and "“甲县”" in remark.message.zh and "“甲县”" in remark.message.en


def test_a_stored_parent_is_not_found_by_its_code_alone_but_named(city: City) -> None:
    plan = plan_units([{"名称": "西镇", "上级": "999921"}, {"名称": "东镇", "上级": "甲县"}])
    assert [new.name for new in plan.new] == ["东镇"]
    (problem,) = plan.problems
    assert problem.row == 2 and "“甲县”" in problem.message.zh and "不单凭代码认" in problem.message.zh


def test_units_can_be_imported_below_a_unit_that_moved(city: City) -> None:
    move(city.town_a, city.county_b, date(2021, 1, 1))
    apply(plan_units([{"名称": "综治办", "上级": "应急办公室"}]))
    unit = Unit.objects.get(name="综治办")
    assert unit.path.startswith(f"/{city.root}/{city.county_b}/{city.town_a}/{city.office}/")


def _rows(name: str) -> list[dict[str, str]]:
    path = GEO / name
    if not path.exists():
        pytest.skip(f"sample file ../shared/data/geo/{name} is absent")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines()))
    places = [feature["properties"] for feature in json.loads(text)["features"]]
    return [
        {
            "adcode": str(p["adcode"]),
            "name": p["name"],
            "level": p["level"],
            "parent": str(p["parent"]["adcode"]),
        }
        for p in places
    ]


@pytest.mark.parametrize(
    ("name", "new", "existing", "skipped"),
    [
        ("modood_lvliang_areas.csv", 167, 1, 1),
        ("modood_shanxi_areas.csv", 167, 1, 1317),
        ("xiangyuecn_lvliang_level4.csv", 164, 1, 0),
        ("anzhou99_datav_141100_full.json", 13, 0, 0),
    ],
)
@pytest.mark.usefixtures("db")
def test_an_open_list_of_divisions_gives_the_site_of_one_city_that_city(
    name: str, new: int, existing: int, skipped: int
) -> None:
    rows = _rows(name)
    found_site("吕梁市")
    root = Unit.objects.get().id
    plan = plan_units(rows)
    assert (len(plan.new), plan.existing, len(plan.skipped)) == (new, existing, skipped)
    assert plan.problems == []
    assert new + existing + skipped == len(rows)
    apply(plan)
    assert plan_units(rows).new == []
    assert Unit.objects.filter(parent_id=root).count() == 13
    assert len(subtree(root)) == new + 1
    towns = Unit.objects.exclude(parent_id=root).exclude(id=root).select_related("parent")
    assert [town.name for town in towns if town.parent and town.code[:6] != town.parent.code[:6]] == []


@pytest.mark.usefixtures("db")
def test_a_province_takes_its_whole_list() -> None:
    rows = _rows("modood_shanxi_areas.csv")
    found_site("山西省")
    plan = plan_units(rows)
    assert (len(plan.new), plan.existing, plan.skipped, plan.problems) == (1484, 1, [], [])
    apply(plan)
    assert len(units_now().spans) == 1485
