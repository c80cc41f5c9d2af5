"""What was typed is not lost: not by an expired session, a cut line or a refusal; nor shown to another person."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.desk.live_site import PASSWORD, PROBLEMS
from tests.desk.visit import Visit, Visiting

WORDS = "写了很久的话"


def commented(visit: Visiting) -> Visit:
    """A window with a comment typed and not sent."""
    entry = visit("clerk").register("井盖缺失")
    window = visit()
    window.sign_in("desk")
    window.goto(entry)
    window.fill("comment", {"text": WORDS})
    return window


def typed(window: Visit) -> str:
    return window.form("comment").locator("[name=text]").input_value()


def test_words_survive_an_expired_session(visit: Visiting) -> None:
    window = commented(visit)
    window.context.clear_cookies(name="sessionid")
    window.send("comment")
    if not window.page.query_selector("#id_login"):
        window.page.click("main a.btn-primary")
    window.sign_in("desk", PASSWORD)
    assert typed(window) == WORDS
    window.move("comment")
    assert WORDS in window.text() and typed(window) == ""


def test_words_survive_a_cut_line(visit: Visiting) -> None:
    window = commented(visit)
    entry = window.path
    with window.disconnected(), pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        window.goto(entry)
    window.goto(entry)
    assert typed(window) == WORDS
    window.move("comment")
    assert WORDS in window.text() and typed(window) == ""


def test_a_form_is_not_sent_into_a_cut_line(visit: Visiting) -> None:
    window = commented(visit)
    with window.disconnected():
        window.form("comment").locator("button").last.click()
        assert "网络断开了，没有提交" in window.form("comment").get_by_role("alert").inner_text()
        assert typed(window) == WORDS
    window.page.wait_for_selector("[data-cut]", state="detached")
    window.move("comment")
    assert WORDS in window.text()


def test_a_form_the_server_never_answered_is_there_on_the_way_back(visit: Visiting) -> None:
    window = commented(visit)
    entry = window.path
    window.page.route("**/moves/comment/", lambda route: route.abort("connectionreset"))
    window.form("comment").locator("button").last.click()
    window.page.wait_for_url("chrome-error://**")
    window.goto(entry)
    assert typed(window) == WORDS


def test_a_registration_half_written_is_there_again(visit: Visiting) -> None:
    window = visit("clerk")
    window.goto(f"ledgers/{PROBLEMS}/register/")
    window.page.fill("[name=field-description]", WORDS)
    window.goto(f"ledgers/{PROBLEMS}/")
    window.goto(f"ledgers/{PROBLEMS}/register/")
    assert window.page.input_value("[name=field-description]") == WORDS


def test_the_next_person_at_the_same_window_finds_nothing_of_it(visit: Visiting) -> None:
    window = commented(visit)
    entry = window.path
    window.sign_out()
    assert window.page.evaluate("sessionStorage.length") == 0
    window.sign_in("desk")
    window.goto(entry)
    assert typed(window) == ""
