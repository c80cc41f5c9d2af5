"""The first page of a new site, and that only who holds the code gets past it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from taizhang.org import first_account
from taizhang.org.founding import OPERATOR, add_person, found_site
from taizhang.org.models import Person, Site, Unit

PASSWORD = "一串够长的口令 2026"
TYPED = {
    "site": "清河县",
    "name": "王管理",
    "username": "wang",
    "password": PASSWORD,
    "again": PASSWORD,
    "timezone": "Asia/Shanghai",
}

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def code() -> Iterator[str]:
    yield first_account.issue_code()
    first_account.withdraw_code()


def test_until_there_is_a_site_every_page_leads_to_its_setting_up(code: str) -> None:
    for address in ("/", "/ledgers/", "/account/login/", "/ledgers/x/", "/api/ledgers", "/nowhere/"):
        assert Client().get(address)["Location"] == "/setup/", address
    page = Client().get(f"/setup/?code={code}").content.decode()
    assert f'value="{code}"' in page and "站点名称" in page


def test_who_holds_the_code_founds_the_site_and_is_signed_in_where_a_ledger_is_made(code: str) -> None:
    browser = Client()
    answer = browser.post("/setup/", {**TYPED, "code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/")["Location"] == "/new-ledger/"
    assert (Site.objects.get().name, Unit.objects.get().name) == ("清河县", "清河县")
    person = Person.objects.get()
    assert (person.username, person.name, person.is_operator) == ("wang", "王管理", True)
    assert Client().post("/account/login/", {"login": "wang", "password": PASSWORD})["Location"] == "/"


def test_a_stranger_learns_nothing_and_changes_nothing(code: str) -> None:
    for guess in ("", "AAAA-AAAA-AAAA-AAAA", code[:-1], code + "2", "码"):
        answer = Client().post("/setup/", {**TYPED, "code": guess, "password": "1", "username": "a b"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "设置码不对" in page
        assert "密码太短" not in page and "用户名只能用" not in page
    assert not Site.objects.exists() and not Person.objects.exists()


@pytest.mark.parametrize(
    "copied", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"]
)
def test_the_code_may_be_copied_as_people_copy(code: str, copied: object) -> None:
    assert callable(copied)
    assert first_account.is_the_code(copied(code))


def test_the_code_is_good_for_one_use_and_private(code: str) -> None:
    file = Path(settings.DATA) / first_account.CODE_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Client().post("/setup/", {**TYPED, "code": code}).status_code == 302
    assert not file.exists() and not first_account.is_the_code(code) and not first_account.is_the_code("")
    again = Client().post("/setup/", {**TYPED, "code": code, "username": "other"})
    assert again["Location"] == "/"
    assert not Person.objects.filter(username="other").exists()


def test_what_does_not_fit_is_said_at_its_input_and_the_rest_stays_typed(code: str) -> None:
    for change, words in (
        (
            {"password": "12345", "again": "12345"},
            "密码太短，至少 8 个字符；这个密码太常见，容易被猜到；密码不能全是数字",
        ),
        ({"again": "另一个"}, "两次输入的密码不一样"),
        ({"username": "王 管理"}, "用户名只能用"),
        ({"site": "  "}, "请填写"),
        ({"name": "a\0b"}, "含有不能保存的字符"),
        ({"timezone": "Mars/Olympus"}, "没有“Mars/Olympus”这个时区"),
    ):
        answer = Client().post("/setup/", {**TYPED, "code": code, **change})
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page, words
        assert code in page and PASSWORD not in page
        assert change.keys() & {"name"} or 'value="王管理"' in page
    assert not Site.objects.exists()


def test_a_site_made_in_the_terminal_gets_its_operators_account(code: str) -> None:
    found_site("甲市")
    assert "设置第一位管理员" in Client().get("/account/login/").content.decode()
    assert "站点名称" not in Client().get("/setup/").content.decode()
    assert Client().post("/setup/", {**TYPED, "code": code, "site": ""}).status_code == 302
    assert Site.objects.get().name == "甲市"
    assert Person.objects.get().username == "wang"
    assert Client().post("/account/login/", {"login": "wang", "password": PASSWORD}).status_code == 302


def test_a_name_somebody_else_has_is_refused(code: str) -> None:
    found_site("甲市")
    add_person("wang", "另一个王")
    answer = Client().post("/setup/", {**TYPED, "code": code})
    assert answer.status_code == 422 and "用户名或工号已被使用：wang" in answer.content.decode()
    assert Person.objects.filter(username=OPERATOR).exists()


def test_an_account_made_meanwhile_is_not_taken_over(code: str) -> None:
    found_site("甲市")
    add_person("zhang", "张三", password=PASSWORD)
    answer = Client().post("/setup/", {**TYPED, "code": code})
    assert answer.status_code == 422 and "已经有可以登录的账号" in answer.content.decode()
    assert Person.objects.filter(username=OPERATOR).exists()
