"""Django's own connection as the driver knows it: the same transaction, prepared statements, no layer between."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any

from django.db import connections
from psycopg import Connection, Cursor
from psycopg.abc import Buffer
from psycopg.adapt import Loader

Term = tuple[str, list[Any]]
"""A piece of SQL, and its parameters."""


class _Document(Loader):
    """A jsonb document as PostgreSQL writes it: no white space around it, no mark before it, always UTF-8; to make
    sure of these takes `json.loads` as long as to read it."""

    _read = JSONDecoder().raw_decode

    def load(self, data: Buffer) -> Any:
        return self._read(bytes(data).decode())[0]


def raw_connection(alias: str = "default") -> Connection[Any]:
    """Django's own connection as the driver knows it: the same transaction, usable from one more thread."""
    connections[alias].ensure_connection()
    return connections[alias].connection  # type: ignore[no-any-return]


def cursor(alias: str = "default") -> Cursor[Any]:
    """A raw cursor of Django's own connection: server-side binding, prepared statements, the same transaction."""
    raw: Cursor[Any] = raw_connection(alias).cursor()
    # Django reads jsonb as text, for its own JSONField to decode.
    raw.adapters.register_loader("jsonb", _Document)
    return raw
