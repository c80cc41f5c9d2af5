"""The eye of all browser tests is not blind: each kind of fault, put before it, is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.looking import Looking
from tests.desk.visit import Visit, Visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STYLE = "#wide { width: 3000px } #pale { color: #ddd; background: #fff }"
HEAD = f"<!doctype html><html lang=zh><head><style>{STYLE}</style><title>页</title></head><body><main><h1>页</h1>"
FOLDED_LABEL = "<details><summary>展开</summary><input name=unlabelled></details>"
FAULTY = {
    "<p id=wide>宽</p>": "px too wide",
    FOLDED_LABEL: "label",
    "<p id=pale>字淡得看不清</p>": "color-contrast",
}


@pytest.fixture
def window(chromium: Browser, address: str) -> Visit:
    """One that no fixture looks at afterwards, in which the test may show what it likes."""
    return Visit(chromium, address)


def show(window: Visit, content: str, policy: str = "") -> None:
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    window.page.route("**/made/", lambda route: route.fulfill(headers=headers, body=HEAD + content))
    window.goto("made/")


@pytest.mark.parametrize("content", FAULTY)
def test_a_fault_of_a_page_is_seen_also_where_it_lies_folded(window: Visit, content: str) -> None:
    show(window, content)
    found = Looking().faults_of(window.shown, window.context)
    assert any(FAULTY[content] in fault for fault in found), found
    window.context.close()


def test_a_page_without_fault_is_fine(window: Visit) -> None:
    show(window, "<p>好</p>")
    assert (window.faults, Looking().faults_of(window.shown, window.context)) == ([], [])
    window.context.close()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<img src='https://elsewhere.invalid/a.png' alt=图>", "asked elsewhere"),
        ("<script>console.error('坏了')</script>", "坏了"),
        ("<script>undefined.x</script>", "undefined"),
        ("<img src='/static/nothing.png' alt=图>", "404"),
    ],
)
def test_what_goes_wrong_on_the_way_is_kept(window: Visit, content: str, told: str) -> None:
    show(window, content)
    assert any(told in fault for fault in window.faults), window.faults
    window.context.close()


def test_a_broken_policy_is_kept(window: Visit) -> None:
    show(window, "<p style='color: red'>红</p>", policy="default-src 'none'; style-src 'self'")
    assert any("policy broken: style-src" in fault for fault in window.faults), window.faults
    window.context.close()


def test_that_a_page_itself_is_a_refusal_is_no_fault(visit: Visiting) -> None:
    window = visit("handler")
    window.goto("ledgers/problems/register/")
    assert window.faults == [] and "只有台账登记员" in window.text()
