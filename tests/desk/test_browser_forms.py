"""What the forms fetch while they are filled in, and the columns of a sheet before it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.live_site import SHEETS
from tests.desk.test_browser_import import own_sheet, previewed
from tests.desk.visit import Visit, Visiting, assigned

BY_PHONE = {"source_kind": "电话", "source_note": "值班电话"}


def offered(window: Visit, name: str) -> list[str]:
    """What the list of an input holds once it has come."""
    options = f"#{name}-options option"
    window.page.wait_for_selector(options, state="attached")
    return [str(option.get_attribute("value")) for option in window.page.locator(options).all()]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_posts_to_choose_from_come_with_the_lead_unit(visit: Visiting, width: int) -> None:
    entry = visit("clerk").register(f"要写明责任人的事 {width}")
    desk = visit("desk", width)
    desk.goto(entry)
    desk.fill("assign", {"lead_unit": "城关镇", "due_on": "2099-01-01"})
    desk.page.focus("#assign-responsible_post")
    staffed = ["办理员岗（办理员丙）", "办理员岗（办理员丁）", "管理员岗（管理员癸）"]
    assert offered(desk, "assign-responsible_post") == staffed
    desk.page.focus("#assign-overseeing_post")
    assert "清河县 交办员岗（交办员乙）" in offered(desk, "assign-overseeing_post")
    desk.move("assign", responsible_post="办理员岗（办理员丙）", overseeing_post="交办员乙")
    facts = desk.text(".facts")
    assert "城关镇 办理员岗（办理员丙）" in facts and "清河县 交办员岗（交办员乙）" in facts


def test_a_post_of_another_unit_is_refused_beside_its_input(visit: Visiting) -> None:
    entry = visit("clerk").register("写错了责任人的事")
    desk = visit("desk")
    desk.goto(entry)
    status = desk.send("assign", lead_unit="城关镇", due_on="2099-01-01", responsible_post="办理员戊")
    assert status == 422
    field = desk.page.locator("#assign-responsible_post")
    assert field.input_value() == "办理员戊"
    assert "城关镇没有“办理员戊”" in field.locator("xpath=..").inner_text()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_move_told_by_telephone_is_recorded_for_who_made_it(visit: Visiting, width: int) -> None:
    entry = assigned(visit, f"电话里签收的事 {width}")
    clerk = visit("clerk", width)
    clerk.goto(entry)
    form = clerk.form("accept")
    form.locator("[name=acted_by]").press_sequentially("办理员")
    assert "办理员丙（城关镇 办理员岗）" in offered(clerk, "accept-acted_by")
    form.locator("[name=source_kind]").select_option(label=BY_PHONE["source_kind"])
    clerk.move("accept", acted_by="办理员丙（城关镇 办理员岗）", source_note=BY_PHONE["source_note"])
    assert "办理员丙 · 城关镇 办理员岗 · 代录人 登记员甲" in clerk.text(".time-line")
    assert clerk.page.locator("[aria-current=step]").inner_text().startswith("整改中")


def test_who_may_not_record_for_others_is_not_asked_for_whom(visit: Visiting) -> None:
    entry = assigned(visit, "自己签收的事")
    handler = visit("handler")
    handler.goto(entry)
    assert handler.page.locator("[name=acted_by]").count() == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_a_column_is_given_another_field_and_looked_at_before_it_is_taken(
    visit: Visiting, tmp_path: Path, width: int
) -> None:
    clerk = visit("clerk", width)
    assert "东风路路灯不亮" in previewed(clerk, SHEETS, own_sheet(tmp_path))
    own = clerk.page.get_by_label("我们自己的列")
    assert own.locator("option:checked").inner_text() == "（未对应）"

    def choose(label: str, button: str) -> str:
        own.select_option(label=label)
        with clerk.page.expect_navigation():
            clerk.page.get_by_role("button", name=button).click()
        return clerk.text()

    assert "都指定为“问题描述”，只能有一列" in choose("问题描述 *", "按所选重新查看")
    assert clerk.page.get_by_role("button", name="确认导入").count() == 0
    assert "只能有一列" not in choose("不导入", "按所选重新查看")
    assert "请先看按新选择读出的结果" in choose("备注", "确认导入")
    assert own.locator("option:checked").inner_text() == "备注"
    assert "尚未写入" in clerk.text("h1")
