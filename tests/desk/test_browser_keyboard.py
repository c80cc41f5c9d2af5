"""Nothing but the keyboard: from signing in to a move made, always seeing where one is."""

from __future__ import annotations

from tests.desk.live_site import PASSWORD
from tests.desk.visit import Visit, Visiting, assigned

MOST_STEPS = 90
WHERE = """wanted => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { isThere: at.matches(wanted), isSeen: ring && inside, what: at.outerHTML.slice(0, 200) };
}"""


def tab_to(visit: Visit, wanted: str) -> None:
    """Go on by Tab to the first stop that matches; at each stop the focus must be in sight."""
    for _step in range(MOST_STEPS):
        visit.page.keyboard.press("Tab")
        at = visit.page.evaluate(WHERE, wanted)
        assert at["isSeen"], at["what"]
        if at["isThere"]:
            return
    raise AssertionError(f"{wanted} is not reached in {MOST_STEPS} steps")


def enter(visit: Visit) -> None:
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def test_from_signing_in_to_a_move_by_the_keyboard_alone(visit: Visiting) -> None:
    entry, handler = assigned(visit, "桥栏杆松动"), visit()
    keys = handler.page.keyboard
    handler.goto("")
    tab_to(handler, "#id_login")
    keys.type("handler")
    tab_to(handler, "#id_password")
    keys.type(PASSWORD)
    enter(handler)
    tab_to(handler, "a[href*='todo=sign']")
    enter(handler)
    tab_to(handler, f"a[href='/{entry}']")
    enter(handler)
    tab_to(handler, "form[action$='/moves/accept/'] button")
    enter(handler)
    assert "整改中" in handler.text() and handler.page.locator(".alert-success").count() == 1


def test_the_first_stop_skips_to_the_content(visit: Visiting) -> None:
    handler = visit("handler")
    handler.goto("")
    tab_to(handler, ".skip-link")
    handler.page.keyboard.press("Enter")
    assert handler.page.evaluate("document.activeElement.id") == "content"


def test_the_account_menu_unfolds_and_leads_on_by_the_keyboard(visit: Visiting) -> None:
    handler = visit("handler")
    handler.goto("")
    tab_to(handler, "button.who")
    handler.page.keyboard.press("Enter")
    tab_to(handler, ".dropdown-menu a[href$='/password/']")
    enter(handler)
    assert "修改密码" in handler.text("h1")
