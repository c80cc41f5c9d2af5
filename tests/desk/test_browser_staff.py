"""Accounts as an office has them: a person added, a slip, the first sign-in; a reset; standing in; a handover."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.desk.live_site import PROBLEMS
from tests.desk.visit import Visit, Visiting, assigned

POST = "城关镇 办理员岗（办理员丙）"
"""As the form offers it: 城关镇 has two posts called so, told apart by who holds them."""
OWN = "第一次自己设的口令 2026"
SHEETS_OF_PAPER = re.compile(rb"/Type\s*/Page[^s]")


def add(window: Visit, name: str, username: str, post: str = POST) -> str:
    """Add a person by the form; the one-time password on the slip."""
    window.goto("staff/")
    window.page.get_by_role("link", name="加人").first.click()
    window.page.fill("#new-name", name)
    window.page.fill("#new-username", username)
    window.page.fill("#new-post", post)
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="建账号并显示口令条").click()
    return window.page.inner_text(".slip-password")


def first_sign_in(window: Visit, username: str, password: str) -> None:
    """With the slip, through the page that asks for a password of one's own."""
    window.sign_in(username, password)
    assert window.path == "account/first/"
    window.page.fill("#id_new_password1", OWN)
    window.page.fill("#id_new_password2", OWN)
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="设好，进入系统").click()


def test_a_person_is_added_signs_in_with_the_slip_and_works(visit: Visiting) -> None:
    entry = assigned(visit, "新来的人要签收的一条")
    admin = visit("admin")
    password = add(admin, "新人甲", "xinren")
    assert "口令只显示这一次" in admin.text() and "城关镇 办理员岗" in admin.text(".slip")
    new = visit()
    new.sign_in("XINREN", password.replace("-", "").upper())
    assert new.path == "account/first/" and "我的待办" not in new.page.inner_text("body")
    new.goto(entry)
    assert new.path == "account/first/", "nothing else is shown before"
    new.page.fill("#id_new_password1", "12345678")
    new.page.fill("#id_new_password2", "12345678")
    new.page.get_by_role("button", name="设好，进入系统").click()
    new.page.wait_for_selector("[role=alert]")
    new.page.fill("#id_new_password1", OWN)
    new.page.fill("#id_new_password2", OWN)
    with new.page.expect_navigation():
        new.page.get_by_role("button", name="设好，进入系统").click()
    assert "密码已设好" in new.text()
    new.goto(entry)
    new.move("accept")
    assert "新人甲 · 城关镇 办理员岗" in new.text(".time-line")
    admin.goto("staff/?q=xinren")
    assert "正常" in admin.text("tbody") and "从未登录" not in admin.text("tbody")


def test_the_own_administrator_resets_and_a_foreign_one_is_told_who_may(visit: Visiting) -> None:
    admin = visit("admin")
    first_sign_in(visit(), "chongshe", add(admin, "重设乙", "chongshe"))
    working = visit()
    working.sign_in("chongshe", OWN)
    admin.goto("staff/?q=chongshe")
    admin.page.click("tbody .title-cell a")
    page = admin.path
    foreign = visit("elsewhere")
    foreign.goto(page)
    assert "没有这个人，或此人的岗位不全在您本单位及下级单位" in foreign.text()
    foreign.goto("staff/")
    assert "重设乙" not in foreign.text()
    handler = visit("handler")
    handler.goto("staff/")
    assert "人员与账号由有“人员”职责的岗位办理" in handler.text()
    admin.page.get_by_text("重设口令", exact=True).first.click()
    with admin.page.expect_navigation():
        admin.page.get_by_role("button", name="重设并显示口令条").click()
    password = admin.page.inner_text(".slip-password")
    working.goto("ledgers/")
    assert working.page.query_selector("#id_login"), "signed out everywhere"
    first_sign_in(working, "chongshe", password)
    assert "密码已设好" in working.text()
    admin.goto("staff/log/")
    assert "重设口令" in admin.text("tbody") and "管理员癸" in admin.text("tbody")
    assert password not in admin.page.content()


def test_slips_are_printed_eight_to_a_sheet_without_anything_around_them(visit: Visiting) -> None:
    admin = visit("admin")
    for n in range(9):
        add(admin, f"口令条{n}", f"slip{n}")
    for query, sheets in (("q=slip", 2), ("q=slip8", 1)):
        admin.goto(f"staff/?{query}")
        for box in admin.page.locator("input[name=person]").all():
            box.check()
        with admin.page.expect_navigation():
            admin.page.get_by_role("button", name="给勾选的人发一次性口令").click()
        assert len(SHEETS_OF_PAPER.findall(admin.page.pdf(format="A4"))) == sheets
    admin.page.emulate_media(media="print")
    assert admin.page.locator(".slip").is_visible()
    for around in ("header", "footer", ".alert", "h1"):
        assert not admin.page.locator(around).first.is_visible(), around


def test_a_stand_in_acts_between_the_days_and_the_time_line_says_so(visit: Visiting) -> None:
    entry = assigned(visit, "代岗的人签收的一条")
    admin = visit("admin")
    deputy = visit()
    first_sign_in(deputy, "jiaobie", add(admin, "代岗丁", "jiaobie", "城关镇 管理员岗"))
    admin.goto("staff/?q=jiaobie")
    admin.page.click("tbody .title-cell a")
    form = admin.page.locator("form[action$='/stand-in/']")
    admin.page.get_by_text("代岗（AB角）", exact=True).first.click()
    form.locator("[name=post]").fill(POST)
    today = date.fromisoformat(form.locator("[name=from_on]").input_value())
    form.locator("[name=last_on]").fill((today + timedelta(days=3)).isoformat())
    with admin.page.expect_navigation():
        form.get_by_role("button").click()
    assert "代 城关镇 办理员岗" in admin.text() and "已安排代岗：代岗丁" in admin.text()
    deputy.goto("")
    deputy.unfold_account()
    deputy.page.select_option("#post", label="城关镇 办理员岗")
    with deputy.page.expect_navigation():
        deputy.page.get_by_role("button", name="换岗位").click()
    deputy.goto(entry)
    deputy.move("accept")
    assert "代岗丁 · 城关镇 办理员岗 · 代 办理员丙" in deputy.text(".time-line")


def test_a_handover_lists_what_passes_and_the_successor_works_on(visit: Visiting) -> None:
    admin = visit("admin")
    leaver, successor = visit(), visit()
    first_sign_in(leaver, "likai", add(admin, "离开戊", "likai"))
    first_sign_in(successor, "jieren", add(admin, "接任己", "jieren", "城关镇 管理员岗"))
    admin.goto("staff/?q=likai")
    admin.page.click("tbody .title-cell a")
    with admin.page.expect_navigation():
        admin.page.get_by_role("link", name="移交", exact=True).click()
    assert "办理员丙" in admin.text("section") and "待签收" in admin.text("section")
    count = admin.page.locator(f".passes a[href^='/ledgers/{PROBLEMS}/']").filter(has_text="待签收")
    told = count.locator(".number").inner_text()
    with admin.page.expect_navigation():
        count.click()
    assert f"共 {told} 条" in admin.text()
    admin.page.go_back()
    admin.page.fill("#handover-successor", "接任己（jieren）")
    with admin.page.expect_navigation():
        admin.page.get_by_role("button", name="确认移交").click()
    assert "离开戊 → 接任己" in admin.text()
    leaver.goto("")
    assert "没有岗位" in leaver.text()
    successor.goto("")
    successor.unfold_account()
    assert "城关镇 办理员岗" in successor.page.inner_text("header")
