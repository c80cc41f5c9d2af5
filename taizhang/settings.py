"""Django's settings. Everything an operator may change comes from the environment; docs/settings.md lists it.

Two connections to one database: `default` is the application's (it can neither change nor delete
what happened), `owner` migrates and rebuilds. Whoever starts the program sets the URLs before
Django loads: `taizhang.cli` from the data folder's own server, or an operator by `DATABASE_URL`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent

# Only the table of single characters is used (core.pinyin); the phrases would cost every command 0.2 s.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")

DATA = Path(os.environ.get("TAIZHANG_DATA", "data")).absolute()
SECRET_KEY = os.environ.get("TAIZHANG_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = [
    host for host in os.environ.get("TAIZHANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "taizhang.org",
    "taizhang.ledger",
]
AUTH_USER_MODEL = "org.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]


def _database(url: str) -> dict[str, Any]:
    """A connection's settings from `postgresql://user:password@host:port/name?option=value`.

    The host may be a percent-encoded socket folder, as libpq writes it.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {**query, "prepare_threshold": 3, "server_side_binding": True},
    }


_APPLICATION_URL = os.environ.get("DATABASE_URL", "postgresql:///taizhang")
DATABASES = {
    "default": _database(_APPLICATION_URL),
    "owner": _database(os.environ.get("DATABASE_OWNER_URL", _APPLICATION_URL)),
}
