"""Who may do what: roles, passwords, accounts, and the folders nobody's mode is changed for."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from taizhang.postgres import Role, Server, attached, is_running
from taizhang.postgres.binaries import find_binaries
from tests.postgres.users import ROOT, User, count, processes_of

AS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not AS_ROOT, reason="only root can take other accounts")
NOBODY = 65534


def ask(server: Server, sql: str, role: Role = "app") -> list[tuple[object, ...]]:
    with psycopg.connect(server.url(role)) as connection:
        return connection.execute(sql.encode()).fetchall()


def capabilities(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("CapEff:")[1].split()[0], 16)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own is for its owner only."""
    folder = Path(tempfile.mkdtemp(prefix="tz-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_the_application_owns_nothing_and_may_make_nothing(data: Path) -> None:
    with attached(data) as server:
        assert ask(server, "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
                   "WHERE rolname = current_user") == [(False, False, False, False)]  # fmt: skip
        assert ask(server, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, "CREATE TABLE public.mine (id int)")


def test_the_owner_owns_the_database_and_is_no_superuser(data: Path) -> None:
    with attached(data) as server:
        assert ask(server, "SELECT r.rolname, r.rolsuper, r.rolcreatedb FROM pg_database d "
                   "JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = 'taizhang'") == [
            ("taizhang_owner", False, True)
        ]  # fmt: skip


def test_the_database_sorts_by_code_point_and_stores_utf8_whatever_the_users_locale(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from taizhang.postgres import attached\n"
        "with attached(pathlib.Path(sys.argv[1])): pass\n"
    )
    environment = {
        **os.environ,
        "LC_ALL": "zh_CN.GB18030",
        "LANG": "zh_CN.GB18030",
        "PGPORT": "1",
        "PGDATA": "x",
    }
    command = [sys.executable, "-c", script, str(tmp_path / "d")]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with attached(tmp_path / "d") as server:
        assert ask(server, "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding), "
                   "upper('é'), '道' ~ '\\w' FROM pg_database WHERE datname = current_database()") == [
            ("b", "C.UTF-8", "UTF8", "É", True)
        ]  # fmt: skip


def test_what_protects_data_from_a_power_cut_is_on_and_tcp_is_off(data: Path) -> None:
    with attached(data) as server:
        names = ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "password_encryption")
        values = [ask(server, f"SHOW {name}")[0][0] for name in names]
        assert values == ["on", "on", "on", "", "scram-sha-256"]
        assert ask(server, "SELECT inet_server_addr() IS NULL") == [(True,)]


def test_every_line_of_pg_hba_asks_for_scram(data: Path) -> None:
    with attached(data):
        pass
    lines = (data / "postgres/pg_hba.conf").read_text().splitlines()
    methods = [line.split()[-1] for line in lines if line.strip() and not line.startswith("#")]
    assert methods
    assert set(methods) == {"scram-sha-256"}


def test_a_wrong_or_missing_password_is_refused(data: Path) -> None:
    with attached(data) as server:
        wrong = replace(server, passwords={"app": "wrong", "owner": server.passwords["app"]})
        for role in get_args(Role):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(wrong.url(role))
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(server.url("app"), user="postgres", password="")


def test_the_url_says_the_same_as_the_parameters(data: Path) -> None:
    with attached(data) as server:
        parts = urlsplit(server.url("owner"))
        told = {
            "host": unquote(parts.netloc.rsplit("@", 1)[1].rsplit(":", 1)[0]),
            "port": str(parts.port),
            "user": parts.username,
            "password": parts.password,
            "dbname": parts.path[1:],
        }
        assert told == server.parameters("owner")
        with psycopg.connect(server.url("owner")) as connection:
            assert connection.info.user == "taizhang_owner"


def test_passwords_are_in_one_private_file_and_nowhere_else(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with attached(data) as server:
        secrets = json.loads((data / "run/passwords.json").read_text())
        assert len(set(secrets.values())) == 3
        assert (data / "run/passwords.json").stat().st_mode & 0o777 == 0o600
        seen = repr(server) + str(server) + (data / "log/postgres.log").read_text()
        for pid in processes_of(data):
            seen += Path(f"/proc/{pid}/cmdline").read_text() + Path(f"/proc/{pid}/environ").read_text()
        assert "-D" in seen
        assert not any(secret in seen for secret in secrets.values())


def test_passwords_lost_with_the_run_folder_are_renewed(data: Path) -> None:
    with attached(data) as server:
        before = count(server)
    shutil.rmtree(data / "run")
    with attached(data) as renewed:
        assert renewed.passwords != server.passwords
        assert count(renewed) == before + 1
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(renewed.url("app"), password=server.passwords["app"])


def test_the_socket_folder_is_short_and_closed_to_others(data: Path) -> None:
    with attached(data) as server:
        folder = Path(server.socket_dir)
        assert len(os.fsencode(folder)) < 60
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == (data / "postgres").stat().st_uid != 0


@root_only
def test_another_local_account_cannot_even_reach_the_socket(data: Path, use: Callable[[Path], User]) -> None:
    server = use(data).server
    command = [str(server.binaries / "psql"), server.url("app"), "-Atc", "SELECT 1"]
    assert subprocess.run(command, capture_output=True, check=True, cwd="/").stdout == b"1\n"
    stranger = subprocess.run(
        command, stderr=subprocess.PIPE, check=False, cwd="/", user=12345, group=12345, extra_groups=[]
    )
    assert b"Permission denied" in stranger.stderr


@root_only
def test_under_a_folder_only_root_may_enter_the_server_runs_and_no_mode_changes(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    before = [(path, path.stat().st_mode) for path in (closed, *closed.parents)]
    with attached(closed / "d") as server:
        assert count(server) == 1
        (postmaster,) = [pid for pid, what in processes_of(closed).items() if "bin/postgres" in what]
        assert Path(f"/proc/{postmaster}").stat().st_uid != 0
        assert capabilities(postmaster).bit_count() == 1
    assert [(path, path.stat().st_mode) for path in (closed, *closed.parents)] == before


@root_only
def test_where_the_account_may_enter_it_gets_no_capability(open_folder: Path) -> None:
    if not all(path.stat().st_mode & 0o001 for path in find_binaries().parents):
        pytest.skip("the environment with PostgreSQL itself lies below a closed folder")
    with attached(open_folder / "d"):
        # By its own word: a child it has just forked still bears its name.
        (pid_file,) = (open_folder / "d").rglob("postmaster.pid")
        postmaster = int(pid_file.read_text().split()[0])
        assert "bin/postgres" in processes_of(open_folder)[postmaster]
        assert capabilities(postmaster) == 0
        assert stat.S_IMODE((open_folder / "d").stat().st_mode) == 0o711


@root_only
def test_root_leaves_the_files_to_the_owner_of_the_data_folder(open_folder: Path) -> None:
    data = open_folder / "d"
    data.mkdir(0o700)
    os.chown(data, 1, 1)  # `daemon`, which every system has
    with attached(data):
        pass
    assert {path.stat().st_uid for path in (data, *data.rglob("*"))} == {1}


@root_only
def test_the_account_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_POSTGRES_USER", "daemon")
    with attached(tmp_path / "d") as server:
        assert count(server) == 1
    assert (tmp_path / "d/postgres").stat().st_uid == 1
    monkeypatch.delenv("TAIZHANG_POSTGRES_USER")
    with attached(tmp_path / "d") as server:  # the cluster's owner counts from now on
        assert count(server) == 2


def python_for_everybody() -> str | None:
    """A Python that an ordinary account may run: ours may lie below a folder that only root may enter."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            command = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return None


@root_only
def test_an_ordinary_user_runs_the_server_as_itself(open_folder: Path) -> None:
    python = python_for_everybody()
    if python is None:
        pytest.skip("no Python that an ordinary account may run")
    os.chown(open_folder, NOBODY, NOBODY)
    script = (
        "import pathlib, subprocess, sys; from taizhang.postgres import attached\n"
        "with attached(pathlib.Path(sys.argv[1])) as s:\n"
        "    subprocess.run([s.binaries / 'psql', s.url(), '-Atc', 'SELECT current_user'], check=True)\n"
    )
    search = os.pathsep.join([str(ROOT), str(find_binaries().parents[2])])
    done = subprocess.run(
        [python, "-c", script, str(open_folder / "d")], env={"PYTHONPATH": search}, cwd="/",
        user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "taizhang_app\n", done.stderr
    assert not is_running(open_folder / "d")
    assert {path.stat().st_uid for path in (open_folder / "d").rglob("*")} == {NOBODY}
