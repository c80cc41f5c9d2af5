"""The whole loop in a browser: registered, assigned, done with a picture, verified by another unit, struck off."""

from __future__ import annotations

import re
from pathlib import Path

from tests.desk.live_site import PROBLEMS
from tests.desk.test_pages import PIXEL
from tests.desk.visit import Visit, Visiting, assigned

POST_ANYWAY = """async ([action, typed]) => {
    const form = document.createElement("form");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, ...typed }))
        form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(Object.assign(form, { method: "post", action }));
    form.submit();
}"""


def reported_done(visit: Visiting, title: str) -> str:
    """An entry that 城关镇 has reported done; the path of its page."""
    entry, handler = assigned(visit, title), visit("handler")
    handler.goto(entry)
    handler.move("accept")
    handler.move("report_done", text="已修好")
    return entry


def test_a_problem_goes_from_registration_to_closure(visit: Visiting, tmp_path: Path) -> None:
    entry = assigned(visit, "路灯不亮")
    handler, checker, closer = visit("handler"), visit("checker"), visit("closer")
    handler.goto("")
    handler.page.click("a:has-text('待签收')")
    handler.page.locator("tr", has_text="路灯不亮").get_by_role("link").first.click()
    handler.move("accept")
    picture = tmp_path / "修好的路灯.png"
    picture.write_bytes(PIXEL)
    handler.attach(picture)
    assert shows_picture(handler)
    handler.move("report_done", text="换了灯泡")
    checker.goto(entry)
    assert shows_picture(checker)
    checker.move("pass", text="夜里去看过，亮了")
    closer.goto(entry)
    closer.move("close_out")
    for words in ("已销号", "换了灯泡", "夜里去看过，亮了", "核查员己", "领导庚"):
        assert words in closer.text()


def shows_picture(visit: Visit) -> bool:
    """Whether the preview of the evidence has arrived and is a picture."""
    preview = visit.page.locator("img[src*='/evidence/']").first
    preview.scroll_into_view_if_needed()
    arrived = "image => image.decode().then(() => image.naturalWidth > 0, () => false)"
    return bool(preview.evaluate(arrived))


def test_nobody_verifies_what_his_own_unit_did(visit: Visiting) -> None:
    entry = reported_done(visit, "井盖缺失")
    colleague = visit("colleague")
    colleague.goto(entry)
    assert "pass" not in colleague.offered()
    assert "核查人不能来自办理单位" in colleague.text()
    with colleague.page.expect_navigation() as arrived:
        colleague.page.evaluate(POST_ANYWAY, [f"/{entry}moves/pass/", {"text": "看过了"}])
    assert arrived.value.status == 403
    refused = colleague.text()
    assert "核查人不能来自办理单位" in refused and "看过了" in refused
    checker = visit("checker")
    checker.goto(entry)
    assert "pass" in checker.offered()


def test_a_handler_accepts_on_a_telephone(visit: Visiting) -> None:
    title = "河道有漂浮物"
    assigned(visit, title)
    handler = visit("handler", 390)
    handler.goto("")
    handler.page.get_by_role("button", name="展开导航").click()
    handler.page.get_by_role("link", name="台账", exact=True).click()
    handler.page.locator(f"main a[href='/ledgers/{PROBLEMS}/']").click()
    handler.page.locator("tr", has_text=title).get_by_role("link").first.click()
    handler.move("accept")
    assert "整改中" in handler.text()


def test_a_number_of_the_board_opens_that_many_rows(visit: Visiting) -> None:
    reported_done(visit, "污水直排")
    closer = visit("closer")
    closer.goto(f"ledgers/{PROBLEMS}/board/")
    row = closer.page.locator("tr", has=closer.page.get_by_role("rowheader", name="城关镇"))
    figures = row.locator("a[href*='counted']").all()
    opened = [(int(figure.inner_text()), str(figure.get_attribute("href"))) for figure in figures]
    assert len(opened) > 1
    for n, address in opened:
        closer.goto(address.removeprefix("/"))
        assert re.search(rf"共 {n} 条", closer.text())
        assert closer.page.locator("tbody tr").count() == n
