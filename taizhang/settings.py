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
    "django.contrib.messages",
    "taizhang.org",
    "taizhang.ledger",
    "taizhang.backup",
    "taizhang.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "taizhang.desk.policy.ContentPolicy",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "taizhang.desk.policy.SpokenLanguage",
    "taizhang.desk.first_steps.SetUpFirst",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "taizhang.desk.first_password.OwnPasswordFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Outside of allauth's, which answers its own exceptions first.
    "taizhang.desk.faults.Faults",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "taizhang.urls"
WSGI_APPLICATION = "taizhang.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taizhang.desk.frame.frame",
            ],
        },
    },
]

AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["taizhang.desk.accounts.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "todo"
ACCOUNT_ADAPTER = "taizhang.desk.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "台账"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "taizhang.org.one_time.OneTimeHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# An office day; whoever stays away longer signs in again and finds what was typed still in the page.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "taizhang.org.sessions"
CSRF_FAILURE_VIEW = "taizhang.desk.faults.stale_page"
# Off for HTTP on an office's own network; a site behind TLS says so.
_BEHIND_HTTPS = bool(os.environ.get("TAIZHANG_HTTPS"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _BEHIND_HTTPS or bool(os.environ.get("TAIZHANG_CERTIFICATE"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]


# Connections of one web process; `serve` sets it, because a command or a test needs no pool.
_POOL = int(os.environ.get("TAIZHANG_POOL", "0"))


def database_of(url: str) -> dict[str, Any]:
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
        "CONN_MAX_AGE": 0 if _POOL else None,
        "OPTIONS": {**query, "prepare_threshold": 3, "server_side_binding": True, **_pooled()},
    }


def _pooled() -> dict[str, Any]:
    """The web's threads share connections; a command has one of its own."""
    return {"pool": {"min_size": 1, "max_size": _POOL, "timeout": 10}} if _POOL else {}


_APPLICATION_URL = os.environ.get("DATABASE_URL", "postgresql:///taizhang")
DATABASES = {
    "default": database_of(_APPLICATION_URL),
    "owner": database_of(os.environ.get("DATABASE_OWNER_URL", _APPLICATION_URL)),
}
