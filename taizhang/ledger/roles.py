"""What the application's database role may do: everything but change what happened.

Three roles: a superuser the supervisor alone uses; the owner, who migrates and rebuilds; the
application, for which this module grants. With only one role given the program works, and
`what_is_not_enforced` tells `doctor` so.
"""

from __future__ import annotations

from django.db import connections

from taizhang.core.wording import Label
from taizhang.ledger.database import cursor

INSERT_ONLY = ("event", "leaf", "opening", "playbook_version", "account_log")


def grant_application() -> None:
    """Grant as owner, after every migration. Idempotent; does nothing where one role is both."""
    role = connections["default"].settings_dict["USER"]
    if role == connections["owner"].settings_dict["USER"]:
        return
    tables = ", ".join(INSERT_ONLY)
    with cursor("owner") as database:
        database.execute("SELECT quote_ident(%s)", (role,))
        found = database.fetchone()
        assert found is not None
        name = found[0]
        database.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        database.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        database.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
        database.execute(f"REVOKE UPDATE, DELETE ON {tables} FROM {name}")
        database.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")


WAYS = (
    Label("超级用户", "superuser"),
    Label("记录的所有者，可删除表或触发器", "owner of the record: could drop it or its triggers"),
    Label("可修改或删除", "may change or delete"),
    Label("可清空", "may truncate"),
)


def what_is_not_enforced() -> list[Label]:
    """Protections of the record the present database role would not be stopped by, in words."""
    with cursor() as database:
        database.execute(
            "SELECT r.rolsuper, pg_has_role(current_user, c.relowner, 'MEMBER'),"
            " has_table_privilege('event', 'UPDATE') OR has_table_privilege('event', 'DELETE'),"
            " has_table_privilege('event', 'TRUNCATE')"
            " FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'event'::regclass"
        )
        found = database.fetchone()
    assert found is not None
    return [way for way, holds in zip(WAYS, found, strict=True) if holds]
