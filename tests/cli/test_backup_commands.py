"""Backup and restore by the terminal: beside a running serve, into an empty folder, and what is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from taizhang.postgres import is_running
from tests.cli.terminal import COMMAND, Terminal, environment


@pytest.fixture(scope="module")
def used(parent: Path) -> Terminal:
    """A site with entries in it."""
    terminal = Terminal(parent / "有数据 的站点")
    terminal.done("init", "--site", "清河县")
    terminal.done("ledger", "open", "problems")
    sheet = parent / "备份用.csv"
    lines = "".join(f"第{n}处路灯不亮,城关镇\n" for n in range(40))
    sheet.write_text("问题描述,责任单位\n" + lines, encoding="utf-8")
    terminal.done("import", str(sheet), "--ledger", "problems")
    return terminal


@pytest.fixture(scope="module")
def backup(used: Terminal, parent: Path) -> Path:
    file = parent / "周 末.backup"
    made = used.done("backup", str(file), "--json").json
    assert made["file"] == str(file) and made["log"]["size"] == 40 and made["bytes"] == file.stat().st_size
    return file


def checks(terminal: Terminal, *arguments: str) -> dict[str, dict[str, str]]:
    said = terminal.run("doctor", "--json", *arguments)
    return {check["name"]: check for check in said.json["checks"]}


def ledgers(terminal: Terminal) -> object:
    return terminal.done("ledger", "list", "--json").json


def test_a_site_comes_back_in_an_empty_folder(used: Terminal, backup: Path, empty: Terminal) -> None:
    said = empty.done("restore", str(backup), "--json")
    assert said.json["log"]["size"] == 40 and (said.json["missing_keys"], said.json["missing_files"]) == (
        0,
        0,
    )
    assert not is_running(empty.data)
    assert sorted(path.name for path in empty.data.parent.iterdir()) == [empty.data.name]
    assert ledgers(empty) == ledgers(used)
    assert "40" in empty.done("rebuild").out
    again = empty.data.parent / "again.backup"
    empty.done("backup", str(again))
    # Folded anew from the events, and backed up again: every table is what it was, byte for byte.
    assert digests(again) == digests(backup)
    assert {check["state"] for check in checks(empty).values()} <= {"ok", "warn"}
    assert "有数据" not in str(checks(empty)["backup"])


def digests(backup: Path) -> object:
    with ZipFile(backup) as opened:
        manifest = json.loads(opened.read("manifest.json"))
    return manifest["tables"], manifest["log"]


def test_the_site_is_backed_up_beside_a_running_serve_and_the_doctor_knows(
    used: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "白天.backup"
    with used.serving() as process:
        used.done("backup", str(file))
        assert "可以恢复" in used.done("restore", "--try", str(file)).out
        assert process.poll() is None
        found = checks(used)
    assert found["backup"]["state"] == found["restore"]["state"] == "ok"
    assert str(file) in found["backup"]["found"]
    assert not (used.data / "trial").exists()
    file.unlink()
    assert checks(used)["backup"]["state"] == "warn" and "不在了" in checks(used)["backup"]["found"]


def test_without_keys_it_says_so_and_works(used: Terminal, backup: Path, empty: Terminal) -> None:
    alone = empty.data.parent / "alone.backup"
    alone.write_bytes(backup.read_bytes())
    assert empty.done("restore", str(alone), "--json").json["missing_keys"] == 0
    assert ledgers(empty) == ledgers(used)


def test_what_cannot_be_restored_is_refused_in_words_and_leaves_nothing(
    site: Terminal, backup: Path, empty: Terminal, tmp_path: Path
) -> None:
    cut, foreign = tmp_path / "cut.backup", tmp_path / "foreign.backup"
    cut.write_bytes(backup.read_bytes()[:-2000])
    foreign.write_text("单位,问题\n")
    assert "不完整" in empty.refused("restore", str(cut)).err
    assert "不是台账的备份" in empty.refused("restore", str(foreign)).err
    assert "没有这个文件" in empty.refused("restore", str(tmp_path / "none")).err
    assert "不是空文件夹" in site.refused("restore", str(backup)).err
    assert "已经存在" in site.refused("backup", str(backup)).err
    assert "没有这个文件" in site.refused("backup", str(tmp_path / "nowhere" / "x.backup")).err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.backup", "foreign.backup"]


def within_the_events(backup: Path) -> int:
    """The place of a byte in the middle of the packed table of events."""
    with ZipFile(backup) as opened:
        events = opened.getinfo("tables/event.tsv")
    return events.header_offset + 30 + len(events.filename) + events.compress_size // 2


def test_a_tried_restore_that_fails_is_remembered(used: Terminal, backup: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.backup"
    whole, at = backup.read_bytes(), within_the_events(backup)
    spoilt.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert "已损坏" in used.refused("restore", "--try", str(spoilt)).err
    found = checks(used)["restore"]
    assert found["state"] == "bad" and "没有成功" in found["found"] and "备份" in found["cure"]
    assert used.run("doctor").code == 1
    used.done("restore", "--try", str(backup))
    assert checks(used)["restore"]["state"] == "ok"


def test_a_restore_that_is_stopped_leaves_nothing(backup: Path, empty: Terminal) -> None:
    given = environment({"TAIZHANG_DATA": str(empty.data)})
    draft = empty.data.parent / f".{empty.data.name}.restoring"
    process = subprocess.Popen([*COMMAND, "restore", str(backup)], env=given, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (draft / "run").exists():
        assert time.monotonic() < deadline and process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 130
    assert not draft.exists() and not empty.data.exists()


def test_a_site_is_restored_into_a_database_of_ones_own(
    used: Terminal, backup: Path, empty: Terminal
) -> None:
    import psycopg

    from taizhang.postgres import attached

    with attached(used.data) as server, psycopg.connect(server.url("owner"), autocommit=True) as database:
        database.execute("CREATE DATABASE restored")
        urls = {
            "DATABASE_URL": server.url("app", "restored"),
            "DATABASE_OWNER_URL": server.url("owner", "restored"),
        }
        empty.done("restore", str(backup), **urls)
        assert not (empty.data / "postgres").exists() and (empty.data / "keys" / "keys.sqlite3").exists()
        assert empty.done("ledger", "list", "--json", **urls).json == ledgers(used)
        other = Terminal(empty.data.parent / "other")
        assert "已经有表" in other.refused("restore", str(backup), **urls).err
        assert not other.data.exists()
        database.execute("DROP DATABASE restored")


def test_a_serve_that_stops_ends_what_is_under_way_and_leaves_nothing_of_it(
    used: Terminal, backup: Path
) -> None:
    import psycopg

    from taizhang.postgres import attached

    trial = used.data / "trial"
    with used.serving() as process:
        with attached(used.data) as server, psycopg.connect(server.url("app"), autocommit=True) as database:
            database.execute(
                "INSERT INTO backup_run (kind, origin, state, path, asked_at, done, total, zh, en)"
                " VALUES ('trial', 'desk', 'asked', %s, now(), 0, 0, '', '')",
                (str(backup),),
            )
            deadline = time.monotonic() + 60
            while not trial.exists():
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert used.stopped(process, signal.SIGTERM)[0] == 0
    while is_running(trial):
        time.sleep(0.01)
    assert not trial.exists()
    assert "中断" in checks(used)["restore"]["found"]
    used.done("restore", "--try", str(backup))
