"""What the database itself refuses, whoever writes the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connections

from taizhang.ledger.roles import grant_application, what_is_not_enforced
from tests.ledger.office import Office, connected, rows

FOR_EVER = {
    "event": "site_id",
    "leaf": "site_id",
    "opening": "site_id",
    "playbook_version": "site_id",
    "account_log": "id",
}
"""Tables nothing is taken from, with a column somebody might want to change."""

FORBIDDEN_ON_A_TABLE = (
    "UPDATE {} SET {column} = {column}",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE TRIGGER {}_append_only",
    "ALTER TABLE {} RENAME TO gone",
    "ALTER TABLE {} ADD COLUMN more int",
    "DROP TRIGGER {}_append_only ON {}",
    "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
    "DROP TABLE {}",
    "DROP TABLE {} CASCADE",
    "DO 'BEGIN LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; END'",
    "MERGE INTO {} USING (SELECT 1 AS one) AS given ON true WHEN MATCHED THEN DELETE",
    "INSERT INTO {} SELECT * FROM {} ON CONFLICT ON CONSTRAINT {}_pkey DO UPDATE SET {column} = 1",
)
FORBIDDEN_ANYWHERE = (
    "SET session_replication_role = replica",
    "SET ROLE taizhang_owner",
    "SET SESSION AUTHORIZATION taizhang_owner",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TABLE public.mine (n int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "COPY event TO PROGRAM 'cat'",
    "COPY event FROM PROGRAM 'cat /dev/null'",
    "COPY event TO '/tmp/nowhere.csv'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT setval('outbox_ticket', 1)",
    "DROP SCHEMA public CASCADE",
    "DELETE FROM django_migrations",
    "UPDATE pg_catalog.pg_class SET relowner = 10",
)


@pytest.fixture
def application(fresh_database: str) -> Iterator[psycopg.Connection[Any]]:
    with connected() as connection:
        yield connection


@pytest.fixture
def owner(fresh_database: str) -> Iterator[psycopg.Connection[Any]]:
    with connected("owner") as connection:
        yield connection


def test_the_application_can_neither_change_nor_remove_what_is_for_ever(
    application: psycopg.Connection[Any],
) -> None:
    for table, column in FOR_EVER.items():
        for sql in FORBIDDEN_ON_A_TABLE:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(sql.replace("{}", table).replace("{column}", column))


def test_the_application_cannot_grant_itself_more(application: psycopg.Connection[Any]) -> None:
    """PostgreSQL answers this with a warning, not an error."""
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relname = ANY(%s) ORDER BY 1"
    before = application.execute(rights, (list(FOR_EVER),)).fetchall()
    for table in FOR_EVER:
        application.execute(f"GRANT ALL ON {table} TO CURRENT_USER, PUBLIC")
    assert application.execute(rights, (list(FOR_EVER),)).fetchall() == before


def test_the_application_has_no_way_around_the_guards(application: psycopg.Connection[Any]) -> None:
    for sql in FORBIDDEN_ANYWHERE:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(sql)


def test_the_application_may_read_and_add(live_office: Office) -> None:
    live_office.registered()
    assert rows("SELECT count(*) FROM event") == [(1,)]


def test_the_owner_is_stopped_by_the_triggers(live_office: Office) -> None:
    live_office.registered()
    with connected("owner") as owner:
        for table, column in FOR_EVER.items():
            for sql in (f"UPDATE {table} SET {column} = 2", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
                    owner.execute(sql)
        for changed in ("UPDATE event SET version = 9 WHERE false", "DELETE FROM event WHERE false"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                owner.execute(changed)
    assert rows("SELECT count(*), max(version) FROM event") == [(1, 1)]


def test_the_guards_lie_on_every_table_that_is_for_ever(owner: psycopg.Connection[Any]) -> None:
    """tgtype: BEFORE, statement, DELETE, UPDATE and TRUNCATE; tgenabled: O is always but for a replica."""
    found = owner.execute(
        "SELECT tgrelid::regclass::text, tgtype, tgenabled FROM pg_trigger"
        " WHERE tgfoid = 'refuse_change'::regproc ORDER BY 1"
    ).fetchall()
    assert found == [(table, 2 | 8 | 16 | 32, "O") for table in sorted(FOR_EVER)]


def test_a_role_that_could_do_more_is_told_what_is_not_enforced(fresh_database: str) -> None:
    assert what_is_not_enforced() == []
    default, strong = connections["default"].settings_dict, connections["owner"].settings_dict
    weak = {name: default[name] for name in ("USER", "PASSWORD")}
    connections["default"].close()
    try:
        default.update(USER=strong["USER"], PASSWORD=strong["PASSWORD"])
        assert [way.en for way in what_is_not_enforced()] == [
            "owner of the record: could drop it or its triggers",
            "may change or delete",
            "may truncate",
        ]
    finally:
        connections["default"].close()
        default.update(weak)


def test_granting_again_changes_nothing(fresh_database: str) -> None:
    grants = (
        "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    before = rows(grants)
    grant_application()
    assert rows(grants) == before


def ledger_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_app_config("ledger").get_models()]


def test_every_key_and_index_of_the_ledger_leads_with_the_site(owner: psycopg.Connection[Any]) -> None:
    """GIN alone cannot: without an extension it takes no smallint beside a tsvector."""
    found = owner.execute(
        "SELECT indexrelid::regclass::text, am.amname, indisunique,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = indrelid AND attnum = indkey[0])"
        " FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am am ON am.oid = relam"
        " WHERE indrelid = ANY(%s::regclass[])",
        (ledger_tables(),),
    ).fetchall()
    assert len(found) > 25
    for index, method, unique, column in found:
        assert column == "site_id" or (method == "gin" and not unique), index
    assert [index for index, method, _, _ in found if method == "gin"] == ["entry_search_grams"]


def test_every_table_of_the_ledger_has_a_primary_key(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute("SELECT indrelid::regclass::text FROM pg_index WHERE indisprimary").fetchall()
    assert set(ledger_tables()) <= {row[0] for row in found}


def test_no_foreign_key_touches_the_ledger(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f'"
        " AND (conrelid = ANY(%(all)s::regclass[]) OR confrelid = ANY(%(all)s::regclass[]))",
        {"all": ledger_tables()},
    ).fetchall()
    assert found == []


def test_no_extension_is_installed(owner: psycopg.Connection[Any]) -> None:
    assert owner.execute("SELECT extname FROM pg_extension").fetchall() == [("plpgsql",)]
