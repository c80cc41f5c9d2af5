"""Debian's PostgreSQL 15, the oldest we promise to run on, as a private server for the tests."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

BINARIES = Path("/usr/lib/postgresql/15/bin")
ROLES = {"app": "taizhang_app", "owner": "taizhang_owner"}


def is_there() -> bool:
    return (BINARIES / "initdb").exists()


class DebianServer:
    """The same face as `taizhang.postgres.Server`, as far as tests use it."""

    def __init__(self, socket_dir: Path, passwords: dict[str, str]) -> None:
        self.socket_dir = str(socket_dir)
        self.binaries = BINARIES
        self.passwords = passwords

    def parameters(self, role: str, database: str = "taizhang") -> dict[str, str]:
        return {
            "host": self.socket_dir,
            "port": "5432",
            "user": ROLES[role],
            "password": self.passwords[role],
            "dbname": database,
        }


@contextmanager
def running() -> Iterator[DebianServer]:
    """Initialise, start, make the roles and the database; stop and remove everything in the end."""
    folder = Path(tempfile.mkdtemp(prefix="tz15-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    superuser = secrets.token_hex(16)
    password = folder / "password"
    password.write_text(superuser)  # the folder itself is private
    password.chmod(0o644)
    subprocess.run(
        [
            *(
                BINARIES / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--no-sync",
            ),
            *(f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        **account,
    )
    server = subprocess.Popen(
        [
            BINARIES / "postgres",
            "-D",
            folder / "data",
            "-k",
            folder,
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **account,
    )
    try:
        passwords = _with_roles(folder, superuser)
        yield DebianServer(folder, passwords)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _with_roles(folder: Path, superuser: str) -> dict[str, str]:
    passwords = {role: secrets.token_hex(16) for role in ROLES}
    with _connected(folder, superuser) as database:
        for role, rights in (("owner", "CREATEDB"), ("app", "")):
            database.execute(f"CREATE ROLE {ROLES[role]} LOGIN {rights} PASSWORD '{passwords[role]}'")
        database.execute("CREATE DATABASE taizhang OWNER taizhang_owner")
    return passwords


def _connected(folder: Path, password: str) -> psycopg.Connection[Any]:
    for _ in range(200):
        try:
            return psycopg.connect(
                host=str(folder), user="postgres", password=password, dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError("Debian's PostgreSQL did not start within ten seconds")
