"""Django's sessions, in Django's table, read by one fixed statement: building the same one anew for every
request costs more than PostgreSQL needs to answer it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as database:
            database.execute(_SESSION, (self.session_key, timezone.now()))
            found = database.fetchone()
        if found is None:
            # As Django's own does: a key nobody knows, or of a session that ended, is not used again.
            self._session_key = None
            return {}
        read: dict[str, Any] = self.decode(found[0])
        return read
