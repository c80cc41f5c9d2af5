"""Django's own connection as the driver knows it: the same transaction, prepared statements, no layer between."""

from __future__ import annotations

from typing import Any

from django.db import connections
from psycopg import Connection, Cursor
from psycopg.types.json import JsonbLoader

Term = tuple[str, list[Any]]
"""A piece of SQL, and its parameters."""


def raw_connection(alias: str = "default") -> Connection[Any]:
    """Django's own connection as the driver knows it: the same transaction, usable from one more thread."""
    connections[alias].ensure_connection()
    return connections[alias].connection  # type: ignore[no-any-return]


def cursor(alias: str = "default") -> Cursor[Any]:
    """A raw cursor of Django's own connection: server-side binding, prepared statements, the same transaction."""
    raw: Cursor[Any] = raw_connection(alias).cursor()
    # Django reads jsonb as text, for its own JSONField to decode.
    raw.adapters.register_loader("jsonb", JsonbLoader)
    return raw
