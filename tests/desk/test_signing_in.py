"""A session is good for the site it was signed in for, and for one post at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from taizhang.org import sites
from taizhang.org.models import Site
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
