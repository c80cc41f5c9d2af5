"""Signing in with a second step: set up in the browser, asked for from then on, and the codes for a lost telephone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from tests.desk.live_site import PASSWORD
from tests.desk.visit import Visit, Visiting

STEP = 30  # seconds, as every authenticator app has it
MARGIN = 5  # seconds a code must still hold when it is typed


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238), once it will hold long enough to be typed."""
    left = STEP - time.time() % STEP
    if left < MARGIN:
        time.sleep(left)
    counter = int(time.time() // STEP).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def sign_in_as_far_as_the_code(window: Visit) -> None:
    window.goto("account/login/")
    window.page.fill("#id_login", "careful")
    window.page.fill("#id_password", PASSWORD)
    window.page.keyboard.press("Enter")
    window.page.wait_for_selector("[name=code]")


def give(window: Visit, code: str) -> None:
    window.page.fill("[name=code]", code)
    with window.page.expect_navigation():
        window.page.locator("form:has([name=code]) button").first.click()


def confirm(window: Visit) -> None:
    """What touches the second step asks for the password again."""
    window.page.fill("[name=password]", PASSWORD)
    with window.page.expect_navigation():
        window.page.locator("form:has([name=password]) button").first.click()


def test_a_second_step_is_set_up_asked_for_stood_in_for_and_given_up(visit: Visiting) -> None:
    window = visit()
    window.sign_in("careful")
    window.unfold_account()
    window.page.click("header a[href$='/mfa/']")
    window.page.click("a[href$='/totp/activate/']")
    confirm(window)
    secret = set_up(window)
    window.goto("account/mfa/codes/")
    codes = window.page.input_value("#recovery_codes").split()
    assert len(set(codes)) == 10
    window.sign_out()

    by_password_alone = visit()
    sign_in_as_far_as_the_code(by_password_alone)
    by_password_alone.goto("")
    assert "我的待办" not in by_password_alone.text("body")
    sign_in_as_far_as_the_code(window)
    give(window, code_of(secret))
    assert "我的待办" in window.text("h1")

    for is_fresh in (True, False):
        other = visit()
        sign_in_as_far_as_the_code(other)
        give(other, codes[0])
        assert ("我的待办" in other.text("h1")) == is_fresh

    give_up(window)
    again = visit()
    again.sign_in("careful")
    assert "我的待办" in again.text("h1")


def set_up(window: Visit) -> str:
    """Activate, after one wrong code; the secret."""
    assert window.page.locator("img[src^='data:image/svg']").count() == 1
    secret = window.page.input_value("#authenticator_secret")
    give(window, "000000" if code_of(secret) != "000000" else "000001")
    assert window.page.locator("[role=alert]").inner_text().strip()
    secret = window.page.input_value("#authenticator_secret")
    give(window, code_of(secret))
    return secret


def give_up(window: Visit) -> None:
    window.goto("account/mfa/codes/generate/")
    if window.page.locator("[name=password]").count():
        confirm(window)
    window.goto("account/mfa/reauthenticate/")
    window.goto("account/mfa/totp/deactivate/")
    with window.page.expect_navigation():
        window.page.locator("main form button").first.click()
