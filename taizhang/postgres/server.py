"""What a user of the embedded PostgreSQL gets to see: how to connect, or why it cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

Role = Literal["app", "owner"]

DATABASE = "taizhang"
ROLES: Mapping[Role, str] = {"app": "taizhang_app", "owner": "taizhang_owner"}
PORT = "5432"  # only part of the socket's name, but a PGPORT in the environment would change it


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL cannot be had; the message has the cure, in Chinese, then in English."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `owner` may change the schema and make databases, `app` owns nothing."""

    socket_dir: str
    binaries: Path  # folder with pg_dump, psql and the rest, of the server's own version
    passwords: Mapping[Role, str] = field(repr=False, compare=False)

    def parameters(self, role: Role, database: str = DATABASE) -> dict[str, str]:
        """Keyword arguments of `psycopg.connect`."""
        return {
            "host": self.socket_dir,
            "port": PORT,
            "user": ROLES[role],
            "password": self.passwords[role],
            "dbname": database,
        }

    def url(self, role: Role = "app", database: str = DATABASE) -> str:
        """The same as a `postgresql://` URL; it holds the password, so keep it out of logs."""
        host, name = quote(self.socket_dir, safe=""), quote(database, safe="")
        return f"postgresql://{ROLES[role]}:{quote(self.passwords[role], safe='')}@{host}:{PORT}/{name}"
