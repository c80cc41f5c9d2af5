"""The desk's addresses. tests/desk/test_authorisation.py has a line for each of them."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path

from taizhang.desk.screens import (
    backups,
    board,
    calendar,
    choices,
    entry,
    evidence,
    exporting,
    importing,
    ledger,
    move,
    people,
    posts,
    registering,
    sealed,
    spellings,
    todo,
    unit_groups,
)

urlpatterns = [
    path("", todo.show, name="todo"),
    path("ledgers/", ledger.index, name="ledgers"),
    path("ledgers/<str:key>/", ledger.show, name="ledger"),
    path("ledgers/<str:key>/register/", registering.show, name="register"),
    path("ledgers/<str:key>/export/", exporting.show, name="export"),
    path("ledgers/<str:key>/board/", board.show, name="board"),
    path("ledgers/<str:key>/import/", importing.show, name="import"),
    path("ledgers/<str:key>/import/<str:token>/", importing.preview, name="import-preview"),
    path("ledgers/<str:key>/import/<str:token>/units/", spellings.of_import, name="import-units"),
    path("ledgers/<str:key>/import/<str:token>/<slug:name>/", importing.listed, name="import-list"),
    path("ledgers/<str:key>/units/", spellings.of_ledger, name="ledger-units"),
    path("units/spellings/", spellings.settled, name="spellings"),
    path("units/spellings/undo/", spellings.undo, name="spelling-undo"),
    path("units/find/", spellings.options, name="units-find"),
    path("units/groups/", unit_groups.show, name="unit-groups"),
    path("boards/", board.index, name="boards"),
    path("imports/", importing.index, name="imports"),
    path("calendar/", calendar.show, name="calendar"),
    path("entries/<uuid:entry_id>/", entry.show, name="entry"),
    path("entries/<uuid:entry_id>/moves/<slug:verb>/", move.make, name="move"),
    path("entries/<uuid:entry_id>/evidence/<uuid:ref>/", evidence.show, name="evidence"),
    path("entries/<uuid:entry_id>/sealed/<str:field>/", sealed.show, name="sealed"),
    path("backups/", backups.show, name="backups"),
    path("people/", people.options, name="people"),
    path("posts/<slug:part>/", posts.options, name="posts"),
    path("language/", choices.language, name="language"),
    path("post/", choices.post, name="post"),
    path("role/", choices.role, name="role"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/mfa/", mfa.index, name="mfa_index"),
    path("account/mfa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("account/mfa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/mfa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/mfa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/mfa/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/mfa/codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/mfa/codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
