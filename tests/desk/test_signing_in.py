"""A session is good for the site it was signed in for, and for one post at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from taizhang.org import sites
from taizhang.org.founding import add_post, appoint
from taizhang.org.models import Person, Site, Tenure
from tests.api.callers import statements
from tests.desk.staff import PASSWORD, Staff


def made_anew() -> None:
    """Another site in the same place, with the same accounts and the same store of sessions."""
    Site.objects.update(created_at=timezone.now() + timedelta(seconds=1))
    sites.forget()


@pytest.fixture
def browser(staff: Staff) -> Client:
    """Signed in with a password, on the site as it is."""
    person = staff.people["handler"]
    person.set_password(PASSWORD)
    person.save()
    browser = Client()
    assert browser.post("/account/login/", {"login": "handler", "password": PASSWORD}).status_code == 302
    assert browser.get("/").status_code == 200
    return browser


@pytest.mark.parametrize("address", ["/", "/ledgers/sample/", "/account/password/", "/account/mfa/"])
def test_a_session_of_another_site_is_ended_and_its_person_sent_to_sign_in(
    browser: Client, address: str
) -> None:
    made_anew()
    answer = browser.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={address}")
    assert not Session.objects.exists(), "nothing of it is left to come back with"
    assert browser.get("/").status_code == 302
    assert browser.post("/account/login/", {"login": "handler", "password": PASSWORD}).status_code == 302
    assert browser.get("/").status_code == 200


def test_the_api_knows_nobody_by_a_session_of_another_site(browser: Client) -> None:
    assert browser.get("/api/ledgers").status_code == 200
    made_anew()
    assert browser.get("/api/ledgers").status_code == 401


def test_a_session_outlives_a_change_of_its_own_site(browser: Client) -> None:
    sites.change_site(name="改了名的市")
    assert "改了名的市" in browser.get("/").content.decode()


@pytest.fixture
def second(staff: Staff) -> int:
    """A post at 柳林镇 that the handler of 城关镇 stands in for."""
    office = staff.office
    post = add_post(office.other_town, "站长", ["handle"])
    since = office.today - timedelta(days=1)
    appoint(
        staff.people["handler"].id,
        post.id,
        from_on=since,
        to_on=office.today + timedelta(days=1),
        stand_in=True,
    )
    return post.id


def switched(browser: Client, post_id: int, page: str) -> str:
    answer = browser.post("/post/", {"post": post_id, "page": page})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_who_holds_several_posts_chooses_which_one_is_meant(staff: Staff, second: int) -> None:
    browser = staff.client("handler")
    page = browser.get("/ledgers/sample/").content.decode()
    assert "城关镇及下属单位" in page and "换岗位" in page
    assert f'<option value="{second}">柳林镇 站长</option>' in page
    assert switched(browser, second, "/ledgers/sample/?q=灯") == "/ledgers/sample/?q=%E7%81%AF"
    page = browser.get("/ledgers/sample/").content.decode()
    assert "柳林镇及下属单位" in page and f'<option value="{second}" selected>' in page
    scope = browser.get("/api/ledgers/sample/entries").json()["scope"]["zh"]
    assert scope.startswith("柳林镇"), "one session, whichever the door"


def test_the_way_back_is_the_page_unless_the_other_post_may_not_see_it(staff: Staff, second: int) -> None:
    browser = staff.client("handler")
    own, foreign = (f"/entries/{staff.entries[kind]}/" for kind in ("own", "foreign"))
    assert switched(browser, second, own) == "/"
    assert switched(browser, second, foreign) == foreign
    for elsewhere in ("", "//evil.example/", "/\\evil.example/", "https://evil.example/", "/no/such/page/"):
        assert switched(browser, second, elsewhere) == "/", elsewhere


def test_there_is_nothing_to_choose_for_who_holds_one_post_or_none(staff: Staff, second: int) -> None:
    assert "换岗位" not in staff.client("stranger").get("/").content.decode()
    Tenure.objects.filter(post_id=second).update(to_on=staff.office.today)
    browser = staff.client("handler")
    page = browser.get("/").content.decode()
    assert "换岗位" not in page and "城关镇 handler岗" in page
    refused = browser.post("/post/", {"post": second})
    assert refused.status_code == 403 and "不担任这个岗位" in refused.content.decode()
    Tenure.objects.filter(person=staff.people["handler"]).update(to_on=staff.office.today)
    page = browser.get("/").content.decode()
    assert "换岗位" not in page and "没有岗位" in page


def test_the_choice_is_a_form_with_a_token_and_speaks_english(staff: Staff, second: int) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(staff.client("handler").cookies)
    assert strict.post("/post/", {"post": second}).status_code == 403
    strict.cookies["language"] = "en"
    page = strict.get("/").content.decode()
    assert "Switch post" in page and "Post to act in" in page
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    assert strict.post("/post/", {"post": second, "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("chosen", [False, True])
def test_knowing_who_asks_costs_two_statements_whichever_post_is_meant(
    staff: Staff, second: int, chosen: bool
) -> None:
    browser = staff.client("handler")
    if chosen:
        switched(browser, second, "/")
    entry_id = staff.entries["foreign" if chosen else "own"]
    browser.get(f"/api/entries/{entry_id}")
    with statements() as seen:
        assert browser.get(f"/api/entries/{entry_id}").status_code == 200
    session, account, entry = seen
    assert "FROM django_session" in session and "FROM person" in account and "FROM entry" in entry


def test_a_session_whose_time_is_over_is_nobodys(browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now())
    assert browser.get("/").status_code == 302


def test_an_account_that_was_closed_is_signed_in_no_longer(browser: Client, staff: Staff) -> None:
    Person.objects.filter(pk=staff.people["handler"].pk).update(is_active=False)
    assert browser.get("/").status_code == 302
    assert browser.get("/api/ledgers").status_code == 401
