"""Whether the database has the tables this version needs, and giving it what is missing."""

from __future__ import annotations

from importlib.util import find_spec
from pkgutil import iter_modules

from taizhang.cli.command import Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

Migration = tuple[str, str]
UNDEFINED_TABLE = "42P01"


def brought_up_to_date(say: Say, *, may_create: bool) -> bool:
    """Apply missing migrations as owner, then the grants; False for an empty database that may not be filled.

    Costs one short query where nothing is missing. Raises Refused for a database that a newer
    version has changed already.
    """
    applied, known = _applied(), _known()
    if not applied and not may_create:
        return False
    if unknown := _of_ours(applied - known):
        raise Refused(
            f"这个数据库已被更新版本的台账使用过（{unknown}）：请安装新版本。",
            f"A newer version of Taizhang has used this database ({unknown}): install that version.",
        )
    if known - applied:
        _migrate(say)
    return True


def _applied() -> set[Migration]:
    from django.db import connection
    from django.db.utils import ProgrammingError

    try:
        with connection.cursor() as database:
            database.execute("SELECT app, name FROM django_migrations")
            return {(app, name) for app, name in database.fetchall()}
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) != UNDEFINED_TABLE:
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


def _of_ours(migrations: set[Migration]) -> str:
    return ", ".join(sorted(f"{app}.{name}" for app, name in migrations if app in ("org", "ledger")))


def _migrate(say: Say) -> None:
    from django.core.management import call_command
    from django.db import connections

    from taizhang.ledger.roles import grant_application

    with say.progress(_("正在建立数据表")), connections["owner"].cursor() as database:
        # Two commands may start at once; the second finds nothing left to do.
        database.execute("SELECT pg_advisory_lock(hashtext('taizhang migrations'))")
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            grant_application()
        finally:
            database.execute("SELECT pg_advisory_unlock(hashtext('taizhang migrations'))")
