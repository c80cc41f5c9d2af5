"""Making the cluster of a data folder: initdb, roles, database, passwords."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from taizhang.postgres.folder import Folder, write_whole
from taizhang.postgres.programs import Programs
from taizhang.postgres.server import DATABASE, ROLES

SUPERUSER = "postgres"
ATTRIBUTES = {"owner": "CREATEDB", "app": "NOCREATEDB"}  # by CREATEDB the owner makes databases for tests

# Written into postgresql.conf once, where an administrator may change them. All else is PostgreSQL's default,
# so fsync and synchronous_commit are on.
SETTINGS = {
    "shared_buffers": "512MB",  # holds the ledger of a prefecture; what a small office does not fill is never taken
    "random_page_cost": "1.1",  # what is read at random is in memory, or on a disk that does not turn
    "max_parallel_workers_per_gather": "0",  # one person's list must not take the cores of all others
    "max_connections": "50",  # web threads, a worker, a few commands; every slot costs memory
    "wal_compression": "pglz",  # full pages are most of the log of a quiet database; lz4 is not built in
    "log_checkpoints": "off",  # or every start and stop would fill the log with them
}


def make_cluster(folder: Folder, programs: Programs) -> None:
    """Make it beside its place and move it there complete: a killed attempt leaves no half cluster."""
    shutil.rmtree(folder.unfinished, ignore_errors=True)
    folder.unfinished.mkdir(0o700)
    programs.give(folder.unfinished)
    passwords = _new_passwords()
    _initialise(folder, programs, passwords["superuser"])
    roles = [
        f"CREATE ROLE {name} LOGIN {ATTRIBUTES[role]} PASSWORD '{passwords[role]}'"
        for role, name in ROLES.items()
    ]
    _single(programs, folder.unfinished, *roles, f"CREATE DATABASE {DATABASE} OWNER {ROLES['owner']}")
    write_whole(folder.passwords, passwords)
    folder.unfinished.rename(folder.cluster)
    parent = os.open(folder.data, os.O_RDONLY)
    os.fsync(parent)
    os.close(parent)


def renew_passwords(folder: Folder, programs: Programs) -> None:
    """For a cluster that came without run/, from a backup say: who can write to it may set them anyway."""
    passwords = _new_passwords()
    names = [*ROLES.items(), ("superuser", SUPERUSER)]
    changes = [f"ALTER ROLE {name} PASSWORD '{passwords[role]}'" for role, name in names]
    _single(programs, folder.cluster, *changes)
    write_whole(folder.passwords, passwords)


def _initialise(folder: Folder, programs: Programs, password: str) -> None:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    programs.finish(
        "initdb", "-D", str(folder.unfinished), "-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile=/dev/stdin",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-E", "UTF8", "-T", "simple",
        "--no-instructions", *settings,
        feed=password,
    )  # fmt: skip


def _single(programs: Programs, cluster: Path, *statements: str) -> None:
    """Run statements without a server. They come through a pipe, and the log is told not to repeat them."""
    programs.finish(
        "postgres", "--single", "-D", str(cluster), "-c", "exit_on_error=on",
        "-c", "log_min_error_statement=panic", "postgres",
        feed="".join(f"{statement}\n" for statement in statements),
    )  # fmt: skip


def _new_passwords() -> dict[str, str]:
    return {role: os.urandom(24).hex() for role in (*ROLES, "superuser")}
