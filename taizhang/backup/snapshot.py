"""The database at one moment, as bytes that are the same on every PostgreSQL.

Read by COPY and not by pg_dump (docs/decisions says why): a backup then restores into any version we run on,
needs no program beside the driver, and its digests are made from the very bytes that are stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections
from psycopg import Connection, IsolationLevel, sql

from taizhang.backup.manifest import Content, Migration
from taizhang.tlog.tree import Head, head_of

SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""What the text of a value depends on besides the value."""

TABLES = """
SELECT c.relname, pg_table_size(c.oid),
    ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname COLLATE "C"),
    ARRAY(SELECT quote_ident(a.attname) || CASE WHEN a.attcollation = 0 THEN '' ELSE ' COLLATE "C"' END
        FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS part (attnum, n), pg_attribute a
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = part.attnum ORDER BY part.n)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"
"""
SEQUENCES = "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = current_schema()"
LEAVES = "SELECT hash FROM leaf ORDER BY site_id, position"
WAITING = "SELECT coalesce(sum(cardinality(entry_ids)), 0) FROM outbox"
EVIDENCE = "SELECT DISTINCT content_sha FROM evidence ORDER BY content_sha"
PLAYBOOKS = "SELECT key, sha, texts::text FROM playbook_version ORDER BY key, sha"

Write = Callable[[bytes], Any]


def left_out() -> frozenset[str]:
    """Tables that are not the site's: the migrations, which the manifest lists; who is signed in just now; and
    what speaks of this machine's backups and disks."""
    own = {model._meta.db_table for model in apps.get_app_config("backup").get_models()}  # noqa: SLF001 - documented
    return frozenset({"django_migrations", "django_session", *own})


@dataclass(frozen=True, slots=True)
class Table:
    """`order` is its key, in an order that is the same whatever the database's collation."""

    name: str
    columns: tuple[str, ...]
    order: str
    size: int


class Snapshot:
    """What one transaction sees. Every table is read in the order of its key."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        for name, value in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, true)", (name, value))

    def tables(self) -> list[Table]:
        """Every table that belongs into a backup."""
        skipped = left_out()
        return [
            Table(name, tuple(columns), ", ".join(order), size)
            for name, size, columns, order in self._connection.execute(TABLES)
            if name not in skipped
        ]

    def read(self, table: Table, write: Write | None = None) -> Content:
        """Give every row as COPY's text to `write`; how many there are, and their digest."""
        digest, rows, size = hashlib.sha256(), 0, 0
        statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            sql.Identifier(table.name),
            sql.SQL(table.order),
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for chunk in gathered(copy):
                digest.update(chunk)
                rows, size = rows + chunk.count(b"\n"), size + len(chunk)
                if write is not None:
                    write(chunk)
        return Content(rows, size, digest.hexdigest())

    def load(self, table: str, columns: tuple[str, ...], chunks: Iterator[bytes]) -> None:
        """Fill a table with what `read` gave; what a migration put there goes."""
        target = sql.Identifier(table)
        found = self._connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(target)).fetchone()
        if found is not None and found[0]:
            self._connection.execute(sql.SQL("DELETE FROM {}").format(target))
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(target, listed)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for chunk in chunks:
                copy.write(chunk)

    def sequences(self) -> dict[str, int | None]:
        """The last value of each. They stand outside of transactions: never behind what the tables hold."""
        skipped = tuple(f"{table}_" for table in left_out())
        found = self._connection.execute(SEQUENCES).fetchall()
        return {name: last for name, last in sorted(found) if not name.startswith(skipped)}

    def set_sequences(self, values: Mapping[str, int | None]) -> None:
        for name, last in values.items():
            if last is not None:
                self._connection.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (name, last))

    def migrations(self) -> tuple[Migration, ...]:
        found = self._connection.execute("SELECT app, name FROM django_migrations").fetchall()
        return tuple(sorted((app, name) for app, name in found))

    def log(self) -> Head:
        with self._connection.cursor() as cursor:
            return head_of(bytes(row[0]) for row in cursor.stream(LEAVES))

    def waiting(self) -> int:
        """Events that have no position in the log yet."""
        return int(self._one(WAITING))

    def evidence(self) -> list[str]:
        """The files the tables name, by their hashes."""
        return [sha for (sha,) in self._connection.execute(EVIDENCE)]

    def playbooks(self) -> list[tuple[str, str, str]]:
        """Key, hash and texts (as JSON) of every playbook a ledger was opened on."""
        return [(key, sha, texts) for key, sha, texts in self._connection.execute(PLAYBOOKS)]

    def version(self) -> str:
        return str(self._one("SHOW server_version"))

    def _one(self, statement: str) -> Any:
        found = self._connection.execute(statement).fetchone()
        assert found is not None
        return found[0]


def gathered(pieces: Any, least: int = 1 << 16) -> Iterator[bytes]:
    """The pieces put together to a size worth compressing and hashing: COPY gives one per row."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(bytes(piece))
        size += len(held[-1])
        if size >= least:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """The database as it is now, on a connection of its own; whoever works on goes on unhindered."""
    own = connections["default"].copy()
    own.ensure_connection()
    raw: Connection[Any] = own.connection
    try:
        raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
        with raw.transaction():
            yield Snapshot(raw)
    finally:
        own.close()
