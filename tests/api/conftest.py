"""An office whose people call the API."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.api.callers import Staff
from tests.ledger.office import Office, open_office


@pytest.fixture(scope="session", autouse=True)
def _secret() -> None:
    """Sessions are signed; whoever starts the program gives the key, and tests start none."""
    django_settings.SECRET_KEY = "of tests only, and long enough to sign a session with"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    """The API must work on Django's own sessions, whatever else the site puts around it."""
    settings.ROOT_URLCONF = "tests.api.site"
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


@pytest.fixture
def staff(office: Office) -> Staff:
    return Staff(office)
