"""Each role signs in: what the frame, the ledger and an entry offer it, and what they do not."""

from __future__ import annotations

import pytest

from tests.desk.live_site import ACCOUNTS, PASSWORD, PROBLEMS
from tests.desk.visit import Visiting

REGISTERS = {"clerk", "careful", "chief"}
ADMINISTERS = {"chief"}
NEVER = None
CLERK = ({"attach", "amend"}, {"attach", "amend"}, {"attach"})
# At each stage of the fixture `entries`, in its order.
OFFERED: dict[str, tuple[set[str] | None, ...]] = {
    # Nobody answers for what is only registered, so those below the unit that keeps the ledger do not see it.
    "clerk": CLERK,
    "careful": CLERK,
    "chief": CLERK,
    "desk": (
        {"assign", "split", "void", "amend", "comment", "flag"},
        {"transfer", "split", "void", "amend", "comment", "flag"},
        {"void", "comment", "flag"},
    ),
    "handler": (NEVER, {"accept", "return", "attach", "comment"}, {"attach", "comment"}),
    "colleague": (NEVER, {"accept", "return", "attach", "comment"}, {"attach", "comment"}),
    "stranger": (NEVER, NEVER, NEVER),
    "checker": ({"attach", "comment"}, {"attach", "comment"}, {"pass", "fail", "attach", "comment"}),
    "closer": ({"comment", "instruct"},) * 3,
    "inspector": ({"comment"},) * 3,
    "admin": (NEVER, set(), set()),
    "elsewhere": (NEVER, NEVER, NEVER),
}


def test_every_account_has_its_line() -> None:
    assert OFFERED.keys() == ACCOUNTS.keys()


@pytest.mark.parametrize("username", OFFERED)
def test_a_role_sees_what_it_may_do_and_nothing_else(
    visit: Visiting, entries: dict[str, str], username: str
) -> None:
    window = visit()
    window.sign_in(username)
    assert ACCOUNTS[username].name in window.page.inner_text("header")
    menu = window.page.inner_text("header nav").split()
    assert {"我的待办", "台账", "看板"} <= set(menu)
    assert ("导入" in menu) == (username in REGISTERS)
    assert ("单位写法" in menu) == (username in ADMINISTERS)
    window.goto(f"ledgers/{PROBLEMS}/")
    for words in ("登记", "导入"):
        offered = window.page.get_by_role("main").get_by_role("link", name=words, exact=True).count()
        assert bool(offered) == (username in REGISTERS)
    for stage, expected in zip(entries, OFFERED[username], strict=True):
        window.goto(entries[stage])
        is_there = "没有这一页，或不在您的范围内" not in window.text()
        assert (window.offered() if is_there else NEVER) == expected, stage
        assert bool(window.offered(for_another=True)) == (username in REGISTERS), stage


def test_who_may_not_register_is_told_who_may(visit: Visiting) -> None:
    window = visit("handler")
    for page in ("register", "import"):
        window.goto(f"ledgers/{PROBLEMS}/{page}/")
        assert "只有台账登记员可以办这一步" in window.text()


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(visit: Visiting) -> None:
    told = set()
    for username, password in (("clerk", "不对"), ("nobody", PASSWORD)):
        window = visit()
        window.goto("")
        window.page.fill("#id_login", username)
        window.page.fill("#id_password", password)
        with window.page.expect_navigation():
            window.page.keyboard.press("Enter")
        told.add(window.page.inner_text("[role=alert]"))
        assert window.page.input_value("#id_login") == username
    assert len(told) == 1
