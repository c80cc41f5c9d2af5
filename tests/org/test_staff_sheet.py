"""People from a sheet of units: who gets an account, who has one, and what is named with its cell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taizhang.core.actor import Agent
from taizhang.org import staff_sheet
from taizhang.org.agents import agent_of
from taizhang.org.founding import OPERATOR, add_person
from taizhang.org.models import AccountDeed, Person, Post, Tenure
from taizhang.org.one_time import Slip, plain
from taizhang.org.staff_sheet import StaffPlan, plan_staff
from taizhang.org.unit_sheet import UnitPlan, apply, plan_units
from tests.org.conftest import City

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
Row = dict[str, str]


def taken(rows: list[Row], *, with_slips: bool = True) -> tuple[UnitPlan, StaffPlan, list[Slip]]:
    plan = plan_units(rows)
    units = dict(zip(plan.new, apply(plan), strict=True))
    staff = plan_staff(plan.staff)
    by = Agent(Person.objects.get(username=OPERATOR).id)
    return plan, staff, staff_sheet.apply(staff, units, by, NOW, lambda _: None, with_slips=with_slips)


def problems(plan: StaffPlan) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in plan.problems]


def test_one_row_founds_the_unit_and_makes_the_account_in_its_post(city: City) -> None:
    rows = [
        {"单位": "信访局", "上级": "甲县", "姓名": "王一", "用户名": "wang", "工号": "7", "岗位": "局长", "职责": "销号、分管"},
        {"单位": "", "上级": "", "姓名": "李二", "用户名": "", "工号": "8", "岗位": "", "职责": ""},
        {"单位": "城关镇", "上级": "乙县", "姓名": "张三", "用户名": "zhang", "工号": "", "岗位": "", "职责": ""},
        {"单位": "信访局", "上级": "甲县", "姓名": "赵四", "用户名": "zhao", "工号": "", "岗位": "", "职责": "handle"},
    ]  # fmt: skip
    plan, staff, slips = taken(rows)
    assert (plan.problems, staff.problems, plan.ignored_columns) == ([], [], ())
    assert [unit.name for unit in plan.new] == ["信访局"]
    held = Tenure.objects.order_by("id").values_list(
        "person__username", "person__staff_number", "post__unit__name", "post__name", "post__duties"
    )
    assert list(held) == [
        ("wang", "7", "信访局", "局长", ["close", "oversee"]),
        ("8", "8", "信访局", "承办岗", ["handle"]),
        ("zhang", None, "城关镇", "承办岗", ["handle"]),
        ("zhao", None, "信访局", "承办岗", ["handle"]),
    ]
    assert Post.objects.count() == 3
    zhang = Person.objects.get(username="zhang")
    assert agent_of(zhang.id, on=NOW.date()).unit_id == city.town_b
    assert [slip.place for slip in slips][1:3] == ["信访局 承办岗", "城关镇 承办岗"]
    assert zhang.check_password(plain(slips[2].password)) and zhang.one_time_until is not None
    assert AccountDeed.objects.filter(person=None).count() == 3
    assert AccountDeed.objects.exclude(person=None).count() == 8


@pytest.mark.parametrize("with_slips", [True, False])
def test_reading_the_same_sheet_twice_changes_nothing(city: City, with_slips: bool) -> None:
    rows = [{"单位": "城关镇", "上级": "甲县", "姓名": "王一", "工号": "A7"}]
    taken(rows, with_slips=with_slips)
    before = list(Person.objects.order_by("id").values())
    _plan, staff, slips = taken(rows, with_slips=True)
    assert (len(staff.people), staff.existing, staff.problems, slips) == (0, 1, [], [])
    assert list(Person.objects.order_by("id").values()) == before
    assert Person.objects.get(username="A7").has_usable_password() == with_slips


def test_one_person_may_hold_two_posts(city: City) -> None:
    rows = [
        {"单位": "城关镇", "上级": "甲县", "姓名": "王一", "用户名": "wang", "岗位": "镇长"},
        {"单位": "城关镇", "上级": "乙县", "姓名": "王一", "用户名": "WANG", "岗位": "镇长"},
    ]
    _plan, staff, slips = taken(rows)
    assert (len(staff.people), len(staff.seats), len(slips)) == (1, 2, 1)
    assert Tenure.objects.filter(person__username="wang").count() == 2


def test_a_word_that_would_open_two_accounts_is_refused_naming_both_rows(city: City) -> None:
    add_person("chen", "陈五", staff_number="55")
    base = {"单位": "城关镇", "上级": "甲县"}
    rows = [
        {**base, "姓名": "王一", "用户名": "wang", "工号": "7"},
        {**base, "姓名": "李二", "用户名": "７", "工号": ""},
        {**base, "姓名": "张三", "用户名": "zhang", "工号": "Wang"},
        {**base, "姓名": "赵四", "用户名": "55", "工号": ""},
        {**base, "姓名": "王一", "用户名": "wang", "工号": "8"},
    ]
    _plan, staff, _slips = taken(rows)
    assert problems(staff) == [(3, "用户名"), (4, "工号"), (5, "用户名"), (6, "用户名")]
    said = [problem.message.zh for problem in staff.problems]
    assert "与第 2 行“王一”的用户名或工号相同" in said[0] and "与已有账号“陈五”" in said[2]
    assert [person.username for person in staff.people] == ["wang"]


def test_what_is_missing_or_unknown_in_a_row_is_named_with_its_cell(city: City) -> None:
    base = {"单位": "城关镇", "上级": "甲县", "岗位": "镇长"}
    rows = [
        {**base, "姓名": "", "工号": "7", "职责": ""},
        {**base, "姓名": "李二", "工号": "", "职责": ""},
        {**base, "姓名": "张三", "工号": "8", "职责": "打杂"},
        {**base, "姓名": "赵四", "工号": "9", "职责": "办理"},
        {**base, "姓名": "钱五", "工号": "10", "职责": "核查"},
        {**base, "姓名": "孙六", "工号": "11", "职责": ""},
        {**base, "姓名": "名" * 101, "工号": "12", "职责": ""},
        {**base, "单位": "没有上级的", "上级": "丙县", "姓名": "周七", "工号": "13", "职责": ""},
    ]
    plan, staff, _slips = taken(rows)
    assert problems(staff) == [(2, "姓名"), (3, "工号"), (4, "职责"), (6, "职责"), (8, "姓名")]
    assert "可用：登记、交办、办理" in staff.problems[2].message.zh
    assert [person.name for person in staff.people] == ["赵四", "孙六"]
    assert [problem.row for problem in plan.problems] == [9], "who belongs to a unit not taken is not taken"


def test_levels_in_columns_name_people_too(city: City) -> None:
    rows = [
        {"县": "丙县", "乡镇": "东镇", "姓名": "王一", "工号": "1"},
        {"县": "", "乡镇": "", "姓名": "李二", "工号": "2"},
        {"县": "", "乡镇": "西镇", "姓名": "张三", "工号": "3"},
        {"县": "丙县", "乡镇": "东镇", "姓名": "赵四", "工号": "4"},
    ]
    plan, staff, _slips = taken(rows)
    assert plan.problems == [] and [unit.name for unit in plan.new] == ["丙县", "东镇", "西镇"]
    held = Tenure.objects.order_by("id").values_list("person__name", "post__unit__name")
    assert list(held) == [("王一", "东镇"), ("李二", "东镇"), ("张三", "西镇"), ("赵四", "东镇")]
    assert staff.problems == []


def test_in_a_sheet_without_people_a_unit_stands_once(city: City) -> None:
    plan = plan_units([{"单位": "甲乡", "上级": "甲县"}, {"单位": "甲乡", "上级": "甲县"}])
    assert [problem.row for problem in plan.problems] == [3]
