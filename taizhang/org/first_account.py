"""The first account of a site: set up in the browser by whoever holds the one-time code.

While nobody can sign in, `serve` leaves a code in the data folder and tells it in the terminal or its log; so
whoever may read either sets the site up, and no stranger on the network does.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from unicodedata import normalize

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction

from taizhang.org.founding import found_site
from taizhang.org.models import Person, Site
from taizhang.org.refusals import SomebodyCanSignIn, UserNameTaken, UserNameUnfit

CODE_FILE = "setup-code"
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are read as another when copied from a screen."""
_GROUPS, _GROUP = 4, 4


def somebody_can_sign_in() -> bool:
    """Whether any account has a password."""
    return (
        Person.objects.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
    )


def issue_code() -> str:
    """A new code in the data folder; one from before no longer holds."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    withdraw_code()
    with os.fdopen(os.open(_file(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(code)
    return code


def withdraw_code() -> None:
    """From now on no code holds."""
    _file().unlink(missing_ok=True)


def is_waited_for() -> bool:
    """Whether a code was issued and nobody has used it."""
    return _file().exists()


def is_the_code(given: str) -> bool:
    """Whether this is the code, however it was copied: in small letters, full-width, without the dashes."""
    try:
        code = _file().read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return secrets.compare_digest(_letters(code).encode(), _letters(given).encode())


def set_up(site: str, *, username: str, name: str, password: str, timezone: str, language: str) -> Person:
    """Found the site with its operator's account, or give the operator of one that has none to sign in with this
    account. Raises SomebodyCanSignIn, UserNameUnfit, UserNameTaken, NoSuchZone."""
    if not re.fullmatch(r"[\w.@+-]{1,150}", username):
        raise UserNameUnfit
    with transaction.atomic():
        if not Site.objects.exists():
            person = Person(username=username, name=name, is_operator=True)
            person.set_password(password)
            found_site(site, timezone=timezone, language=language, operator=person)
        else:
            person = _waiting_operator()
            if Person.objects.filter(username=username).exclude(pk=person.pk).exists():
                raise UserNameTaken(taken=username)
            person.username, person.name = username, name
            person.set_password(password)
            person.save(update_fields=["username", "name", "password"])
    withdraw_code()
    return person


def _waiting_operator() -> Person:
    """The account `init` made; of two who set it up at once the second finds it taken."""
    person = Person.objects.select_for_update().filter(is_operator=True).order_by("id").first()
    if person is None or somebody_can_sign_in():
        raise SomebodyCanSignIn
    return person


def _file() -> Path:
    return Path(settings.DATA) / CODE_FILE


def _letters(code: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", normalize("NFKC", code).upper())
