"""Every page there is, for every role, at both widths: the fixture looks at each that is shown."""

from __future__ import annotations

import pytest

from taizhang.desk.urls import urlpatterns
from tests.desk.live_site import PROBLEMS
from tests.desk.visit import Visiting

ROLES = ("clerk", "desk", "handler", "checker", "closer", "inspector")
SECOND_STEP = "only for who has set up a second step; test_browser_second_step shows it"
STAFF = "only for who looks after accounts; test_browser_staff shows it"
NO_PAGE = {
    "language": "only posted to",
    "role": "only posted to, in a demo",
    "export": "a file",
    "evidence": "a file",
    "mfa_download_recovery_codes": "a file",
    "import-preview": "needs an upload; test_browser_import shows it",
    "import-list": "needs an upload; test_import_columns pages through one",
    "import-units": "needs an upload; test_browser_spellings shows it",
    "spelling-undo": "only posted to",
    "units-find": "a part of a form; test_browser_spellings fetches it",
    "playbook-download": "a file",
    "draft": "needs an upload; test_browser_new_ledger shows it",
    "draft-text": "needs an upload; test_browser_new_ledger shows it",
    "setup": "only while nobody can sign in; test_browser_new_ledger shows it",
    "post": "only posted to",
    "posts": "a part of a form; test_browser_forms fetches it",
    "people": "a part of a form; test_browser_forms fetches it",
    "backups": "only for operators; test_backups_page shows it",
    "staff": STAFF,
    "staff-new": STAFF,
    "staff-post": STAFF,
    "staff-log": STAFF,
    "staff-slips": STAFF,
    "staff-person": STAFF,
    "staff-handover": STAFF,
    "staff-deed": "only posted to",
    "staff-options": "a part of a form; test_staff_pages fetches it",
    "first_password": "only with a one-time password; test_browser_staff shows it",
    "mfa_authenticate": SECOND_STEP,
    "mfa_reauthenticate": SECOND_STEP,
    "mfa_deactivate_totp": SECOND_STEP,
    "mfa_view_recovery_codes": SECOND_STEP,
    "mfa_generate_recovery_codes": SECOND_STEP,
    "account_logout": "would end the session the other tests go on with; test_browser_words_kept signs out",
}
PATHS = {
    "todo": "",
    "ledgers": "ledgers/",
    "ledger": "ledgers/{ledger}/",
    "register": "ledgers/{ledger}/register/",
    "board": "ledgers/{ledger}/board/",
    "import": "ledgers/{ledger}/import/",
    "ledger-units": "ledgers/{ledger}/units/",
    "spellings": "units/spellings/",
    "unit-groups": "units/groups/",
    "playbook": "ledgers/{ledger}/playbook/",
    "new-ledger": "new-ledger/",
    "boards": "boards/",
    "imports": "imports/",
    "calendar": "calendar/",
    "privacy": "privacy/",
    "entry": "{entry}",
    "move": "{entry}moves/comment/",
    "sealed": "{entry}sealed/contact/",
    "account_login": "account/login/",
    "account_inactive": "account/inactive/",
    "account_reauthenticate": "account/reauthenticate/",
    "account_change_password": "account/password/",
    "mfa_index": "account/mfa/",
    "mfa_activate_totp": "account/mfa/totp/activate/",
}


def test_every_address_is_on_the_tour_or_says_why_not() -> None:
    assert {pattern.name for pattern in urlpatterns} == PATHS.keys() | NO_PAGE.keys()
    assert not PATHS.keys() & NO_PAGE.keys()


@pytest.mark.parametrize(("username", "language"), [*((role, "zh-hans") for role in ROLES), ("clerk", "en")])
def test_every_page_opens(visit: Visiting, entries: dict[str, str], username: str, language: str) -> None:
    window = visit(username)
    window.context.add_cookies([{"name": "language", "value": language, "url": window.address}])
    may_not = {"new-ledger"}
    if username != "clerk":
        may_not |= {"register", "import", "ledger-units", "spellings", "unit-groups"}
    for name, path in PATHS.items():
        answer = window.page.goto(window.address + path.format(ledger=PROBLEMS, entry=entries["assigned"]))
        assert answer is not None
        assert answer.status == (403 if name in may_not else 200), name


def test_an_address_that_does_not_exist_says_so_to_whoever_signed_in_and_to_nobody(visit: Visiting) -> None:
    for window in (visit(), visit("handler")):
        answer = window.page.goto(f"{window.address}nowhere/")
        assert answer is not None and answer.status == 404
        assert "没有这一页，或不在您的范围内" in window.text()
