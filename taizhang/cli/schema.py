"""Whether the database has the tables this version needs, and giving it what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import iter_modules

from taizhang.cli.command import Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

Migration = tuple[str, str]
OURS = ("org", "ledger", "backup")
NOT_READABLE = ("42P01", "42501")
"""PostgreSQL's codes for a table that is not there, or not granted: its database is new, or being made."""


def brought_up_to_date(say: Say, *, may_create: bool) -> bool:
    """Apply missing migrations as owner, then the grants; False for an empty database that may not be filled.

    Costs one short query where nothing is missing. Raises Refused for a database that a newer
    version has changed already.
    """
    from taizhang.ledger.roles import grant_application

    known = _known()
    if known <= (applied := _applied("default")):
        _refuse_newer(applied - known)
        return True
    with _alone():
        # Read again: of two commands that start at once, the second finds the tables made.
        applied = _applied("owner")
        if not applied and not may_create:
            return False
        _refuse_newer(applied - known)
        if known - applied:
            _migrate(say)
        # Also where only these are missing, because somebody pulled the plug before them.
        grant_application()
    return True


def _applied(alias: str) -> set[Migration]:
    from django.db import connections
    from django.db.utils import OperationalError, ProgrammingError

    try:
        with connections[alias].cursor() as database:
            database.execute("SELECT app, name FROM django_migrations")
            return {(app, name) for app, name in database.fetchall()}
    except OperationalError as error:
        # The first word with the server, so this is about reaching it; libpq says whom, never the password.
        raise Refused(
            f"连不上数据库，请检查 DATABASE_URL：{error}",
            f"The database cannot be reached, check DATABASE_URL: {error}",
        ) from error
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) not in NOT_READABLE:
            raise
        return set()


def _known() -> set[Migration]:
    """The migrations this version ships, by the names of their files: importing them all costs more."""
    from django.apps import apps

    known: set[Migration] = set()
    for app in apps.get_app_configs():
        package = find_spec(f"{app.name}.migrations")
        folders = package.submodule_search_locations if package else None
        known |= {(app.label, found.name) for found in iter_modules(folders or [])}
    return known


def _refuse_newer(unknown: set[Migration]) -> None:
    if newer := ", ".join(sorted(f"{app}.{name}" for app, name in unknown if app in OURS)):
        raise Refused(
            f"这个数据库已被更新版本的台账使用过（{newer}）：请安装新版本。",
            f"A newer version of Taizhang has used this database ({newer}): install that version.",
        )


@contextmanager
def _alone() -> Iterator[None]:
    from django.db import connections

    with connections["owner"].cursor() as database:
        database.execute("SELECT pg_advisory_lock(hashtext('taizhang migrations'))")
        try:
            yield
        finally:
            database.execute("SELECT pg_advisory_unlock(hashtext('taizhang migrations'))")


def _migrate(say: Say) -> None:
    from django.core.management import call_command

    with say.progress(_("正在建立数据表")):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
