"""A site goes into one file and comes back from it: the same by digest, and in use all the while."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from taizhang.backup import archive, keys, restoring
from taizhang.backup.making import Progress, make_backup
from taizhang.backup.manifest import Manifest
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.restoring import Missing
from taizhang.backup.snapshot import Snapshot, left_out, snapshot
from taizhang.cli.backing_up import fill
from taizhang.cli.demo import READY
from taizhang.cli.say import Say
from taizhang.ledger.evidence import path_of
from taizhang.ledger.rebuild import rebuild
from taizhang.ledger.roles import grant_application, what_is_not_enforced
from taizhang.org.models import Site
from taizhang.org.sites import change_site
from tests.backup.conftest import empty_database
from tests.databases import TestServer, forget_everything
from tests.ledger.office import Office, connected, rows


def quietly(done: int, total: int) -> None:
    assert 0 <= done <= total


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "台账.backup"


def contents(taken: Snapshot) -> dict[str, object]:
    return {table.name: taken.read(table) for table in taken.tables()}


def restore(file: Path, folder: Path, given: Path | None) -> Missing:
    """Into the database Django points at."""
    with archive.opened(file) as opened:
        progress = Progress(quietly, 2 * opened.manifest.bytes)
        opened.verify(quietly)
        restoring.restore_files(opened, folder, progress)
        subjects = restoring.restore_keys(opened, given, folder)
        restoring.restore_database(opened, progress)
        grant_application()
        return restoring.missing_from(opened.manifest, subjects)


def test_what_comes_back_is_what_went_in(
    office: Office, file: Path, tmp_path: Path, database_server: TestServer
) -> None:
    made = make_backup(office.site, file, quietly)
    before = office.registered("备份之后登记的")
    with empty_database(database_server):
        assert restore(file, tmp_path / "new", keys.beside(file)) == Missing(0, 0)
        with snapshot() as taken:
            assert contents(taken) == dict(made.tables)
            assert (taken.log(), taken.sequences()) == (made.log, dict(made.sequences))
        assert made.log.size == made.tables["event"].rows == made.tables["leaf"].rows > 20
        # Every list and count comes from the events alone, here as there.
        forget_everything()
        rebuild(office.site)
        with snapshot() as taken:
            again = contents(taken)
        for table in ("entry", "entry_party", "stay", "entry_search"):
            assert again[table] == made.tables[table], table
        _is_guarded()
        _goes_on(office)
        assert rows("SELECT count(*) FROM event WHERE entry_id = %s", before)[0][0] == 0
    stored = sorted(path.name for path in (tmp_path / "new" / "evidence").rglob("*") if path.is_file())
    assert stored == sorted(sha for (sha,) in rows("SELECT content_sha FROM evidence")) and len(stored) == 3


def _is_guarded() -> None:
    """Roles and triggers are there as on the first day."""
    assert what_is_not_enforced() == []
    for alias in ("default", "owner"):
        with connected(alias) as database, pytest.raises(psycopg.Error):
            database.execute("DELETE FROM event")


def _goes_on(office: Office) -> None:
    """New numbers, tickets and identities follow those there were."""
    forget_everything()
    known = rows("SELECT number FROM entry")
    new = office.assigned("恢复之后登记的")
    assert rows("SELECT number FROM entry WHERE entry_id = %s", new)[0] not in known


def test_everything_of_the_site_is_in_it_and_nothing_of_the_machine(office: Office, file: Path) -> None:
    made = make_backup(office.site, file, quietly)
    there = {table for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert there - made.tables.keys() == left_out()
    assert left_out() >= {"django_session", "backup_run", "backup_plan", "disk_sample"}
    with ZipFile(file) as opened:
        texts = {name for name in opened.namelist() if name.startswith("playbooks/")}
        manifest = json.loads(opened.read("manifest.json"))
    assert texts == {f"playbooks/{name}" for name in made.playbooks} and texts
    assert manifest["tables"]["event"]["sha256"] == made.tables["event"].sha256


def test_whoever_writes_meanwhile_is_not_hindered_and_not_in_it(office: Office, file: Path) -> None:
    before = rows("SELECT count(*) FROM event")[0][0]
    written: list[object] = []

    def step(done: int, total: int) -> None:
        if not written:
            written.append(office.assigned("备份当中登记的"))

    made = make_backup(office.site, file, step)
    assert written and rows("SELECT count(*) FROM event")[0][0] > before
    assert made.tables["event"].rows == before
    assert made.tables["entry"].rows == rows("SELECT count(*) FROM entry")[0][0] - 1


def test_keys_and_plain_values_are_nowhere_in_the_file(office: Office, file: Path) -> None:
    made = make_backup(office.site, file, quietly)
    with closing(sqlite3.connect(keys.beside(file))) as store:
        secrets = [value for (value,) in store.execute("SELECT value FROM key")]
    assert made.keys == len(secrets) > 10
    with ZipFile(file) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    for secret in secrets:
        assert secret not in everything and secret.hex().encode() not in everything
    assert b"13800000001" not in everything
    assert {path.stat().st_mode & 0o777 for path in (file, keys.beside(file))} == {0o600}


def test_without_the_keys_all_else_comes_back(
    office: Office, file: Path, tmp_path: Path, database_server: TestServer
) -> None:
    make_backup(office.site, file, quietly)
    subjects = rows(
        "SELECT count(DISTINCT s) FROM (SELECT subject_id s FROM sealed UNION SELECT subject_id FROM evidence) x"
    )
    with empty_database(database_server):
        assert restore(file, tmp_path / "new", None) == Missing(0, subjects[0][0])
        assert rows("SELECT count(*) FROM entry")[0][0] == 16


def test_the_keys_of_another_site_are_refused(office: Office, file: Path, tmp_path: Path) -> None:
    make_backup(office.site, file, quietly)
    other = tmp_path / "other.keys"
    with closing(sqlite3.connect(other)) as store:
        store.execute("CREATE TABLE key (subject TEXT, value BLOB, destroyed_at TEXT)")
        store.execute("INSERT INTO key VALUES ('site', ?, NULL)", (bytes(32),))
        store.commit()
    with archive.opened(file) as opened:
        with pytest.raises(BackupRefused, match="属于另一个站点"):
            restoring.restore_keys(opened, other, tmp_path / "new")
        other.write_bytes(b"no store")
        with pytest.raises(BackupRefused, match="已损坏"):
            restoring.restore_keys(opened, other, tmp_path / "new")


def test_a_file_that_is_gone_or_no_longer_itself_is_named_and_not_copied(
    office: Office, file: Path, tmp_path: Path, database_server: TestServer
) -> None:
    gone, spoilt, kept = (sha for (sha,) in rows("SELECT content_sha FROM evidence ORDER BY 1"))
    path_of(gone).unlink()
    path_of(spoilt).write_bytes(b"something else")
    (path_of(kept).parent / ("0" * 64)).write_bytes(b"stored, and attached to nothing")
    made = make_backup(office.site, file, quietly)
    assert (made.evidence.absent, made.evidence.damaged, made.evidence.files) == ((gone,), (spoilt,), 1)
    with archive.opened(file) as opened:
        assert opened.evidence == [kept]
    with empty_database(database_server):
        assert restore(file, tmp_path / "new", keys.beside(file)) == Missing(2, 0)


def test_a_backup_that_is_interrupted_or_fails_leaves_nothing(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_backup(office.site, file, interrupted)
    monkeypatch.setattr("taizhang.backup.making.MANIFEST", None)
    with pytest.raises(Exception, match="NoneType"):
        make_backup(office.site, file, quietly)
    assert [path for path in file.parent.iterdir() if path.is_file()] == []


def test_no_older_file_is_overwritten_and_a_disk_that_is_too_full_is_not_begun_on(
    office: Office, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("mine")
    with pytest.raises(BackupRefused, match="已经存在"):
        make_backup(office.site, file, quietly)
    assert file.read_text() == "mine"
    monkeypatch.setattr("taizhang.backup.room.shutil.disk_usage", lambda _path: type("", (), {"free": 1000}))
    with pytest.raises(BackupRefused, match="磁盘空间不够"):
        make_backup(office.site, file.with_name("b"), quietly)


@pytest.fixture
def made(office: Office, file: Path) -> Manifest:
    return make_backup(office.site, file, quietly)


def proved(file: Path) -> None:
    with archive.opened(file) as opened:
        opened.verify(quietly)


def test_a_damaged_byte_is_found_wherever_it_is(made: Manifest, file: Path) -> None:
    whole = file.read_bytes()
    with ZipFile(file) as opened:
        members = [
            info for info in opened.infolist() if info.compress_size > 50 and info.filename != "README.txt"
        ]
    assert len(members) > 15
    for info in members:
        at = info.header_offset + 30 + len(info.filename.encode()) + info.compress_size // 2
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupRefused):
            proved(file)
    for cut in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut])
        with pytest.raises(BackupRefused):
            proved(file)
    file.write_bytes(whole)
    proved(file)


def rewritten(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The same backup with another manifest."""
    with ZipFile(file) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    parts["manifest.json"] = json.dumps(manifest).encode()
    with ZipFile(file, "w") as changed:
        for name, content in parts.items():
            changed.writestr(name, content)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "更新版本": lambda manifest: manifest.update(format_version=99),
    "不是台账的备份": lambda manifest: manifest.update(format="another"),
    "清单已损坏": lambda manifest: manifest.pop("log"),
    "与清单不符": lambda manifest: manifest["evidence"].update(files=7),
    "0999_later": lambda manifest: manifest["migrations"].append(["ledger", "0999_later"]),
    "表与这个版本的不一致": lambda manifest: (
        manifest["tables"].pop("call"),
        manifest["columns"].pop("call"),
    ),
    "log": lambda manifest: manifest["log"].update(root="00"),
    "sequences": lambda manifest: manifest["sequences"].pop("outbox_ticket"),
}


@pytest.mark.parametrize("words", CHANGES)
def test_what_is_newer_foreign_or_does_not_agree_is_refused_and_nothing_is_left(
    made: Manifest, file: Path, tmp_path: Path, database_server: TestServer, words: str
) -> None:
    rewritten(file, CHANGES[words])
    with empty_database(database_server):
        with pytest.raises(BackupRefused, match=words):
            restore(file, tmp_path / "new", None)
        assert rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0][0] == 0


def test_a_database_with_tables_is_not_filled(made: Manifest, file: Path) -> None:
    with archive.opened(file) as opened, pytest.raises(BackupRefused, match="已经有表"):
        restoring.restore_database(opened, Progress(quietly, 0))


def filled(file: Path, folder: Path) -> None:
    """As the terminal restores, into the database Django points at: brought up to this version in the end."""
    with archive.opened(file) as opened:
        fill(opened, None, folder, Say(), Progress(quietly, 2 * opened.manifest.bytes))


def test_a_backup_of_an_older_version_comes_back_and_is_brought_up_to_date(
    data: Path, fresh_database: str, file: Path, tmp_path: Path, database_server: TestServer
) -> None:
    with empty_database(database_server):
        executor = MigrationExecutor(connections["owner"])
        newest = executor.loader.graph.leaf_nodes()
        older = [leaf for leaf in newest if leaf[0] != "backup"]
        before = [executor.loader.graph.node_map["ledger", "0002_guards"].key]
        executor.migrate([leaf for leaf in older if leaf[0] != "ledger"] + before)
        grant_application()
        site = Site.objects.create(name="旧版本的站点")
        make_backup(site, file, quietly)
    with ZipFile(file) as opened:
        assert "tables/entry_search.tsv" not in opened.namelist()
    with empty_database(database_server):
        filled(file, tmp_path / "new")
        assert Site.objects.get().name == "旧版本的站点"
        assert rows("SELECT count(*) FROM entry_search")[0][0] == 0
        assert set(MigrationRecorder(connections["owner"]).applied_migrations()) >= set(newest)


def test_a_sample_site_stays_one(
    office: Office, file: Path, tmp_path: Path, database_server: TestServer
) -> None:
    make_backup(change_site(kind=Site.Kind.DEMO), file, quietly)
    with empty_database(database_server):
        filled(file, tmp_path / "new")
    assert (tmp_path / "new" / READY).exists()
