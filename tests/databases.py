"""The databases tests run on: a private server, one migrated template, and copies of it.

Most tests use the shared test database inside a transaction that is rolled back
(`pytest.mark.django_db`). What needs real commits takes `fresh_database`: a copy of the template
of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from django.core.management import call_command
from django.db import connections

TEMPLATE = "test_template"
SHARED = "test_shared"


class TestServer:
    """A running server and the roles on it; `parameters(role, database)` are libpq's."""

    __test__ = False

    def __init__(self, server: object) -> None:
        self.server = server

    def parameters(self, role: str, database: str) -> dict[str, str]:
        return self.server.parameters(role, database)  # type: ignore[attr-defined, no-any-return]

    def execute(self, sql: str) -> None:
        given: Any = self.parameters("owner", "taizhang")
        with psycopg.connect(**given, autocommit=True) as database:
            database.execute(sql)

    def point_django_at(self, name: str) -> None:
        for alias, role in (("default", "app"), ("owner", "owner")):
            connections[alias].close()
            given = self.parameters(role, name)
            connections[alias].settings_dict.update(
                NAME=given["dbname"],
                USER=given["user"],
                PASSWORD=given["password"],
                HOST=given["host"],
                PORT=given.get("port", ""),
            )

    def copy(self, source: str, name: str) -> None:
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')

    def drop(self, name: str) -> None:
        """Not WITH (FORCE): the owner may not end an autovacuum worker that is at it just then, and fails.

        Without it PostgreSQL sends such a worker away by itself, and waits for backends that are just ending.
        """
        self.execute(f'DROP DATABASE IF EXISTS "{name}"')


def forget_everything() -> None:
    """Caches of this process that speak of the database tests just left."""
    from taizhang.ledger import categories, ledgers
    from taizhang.org import sites, tree

    for module in (categories, ledgers, sites, tree):
        module.forget()


def prepare(server: TestServer) -> None:
    """Migrate the template once, as owner, and let Django use a copy of it as the application."""
    from taizhang.ledger.roles import grant_application

    server.execute(f'CREATE DATABASE "{TEMPLATE}"')
    server.point_django_at(TEMPLATE)
    call_command("migrate", database="owner", verbosity=0)
    grant_application()
    for alias in ("default", "owner"):
        connections[alias].close()
    server.copy(TEMPLATE, SHARED)
    server.point_django_at(SHARED)


@contextmanager
def fresh(server: TestServer) -> Iterator[str]:
    """A database of one test's own, for real commits; Django points at it meanwhile."""
    name = f"test_{uuid4().hex[:12]}"
    server.copy(TEMPLATE, name)
    server.point_django_at(name)
    forget_everything()
    try:
        yield name
    finally:
        server.point_django_at(SHARED)
        forget_everything()
        server.drop(name)
