"""Each gap that `doctor` names, made on purpose, with its cure; and the same place sound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from taizhang.backup.models import BackupRun, DiskSample
from taizhang.backup.runs import Kind, Origin, State
from taizhang.cli import examinations
from taizhang.cli.finding import Finding
from taizhang.cli.precautions import fonts
from taizhang.ledger import sealing
from taizhang.ledger.roles import WAYS
from taizhang.org.sites import change_site
from tests.ledger.office import Office, open_office


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    return tmp_path


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


def found(data: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examinations.of_database(data)}


def ran(kind: str, ago: timedelta, state: str = State.GOOD, path: object = "/x", **more: Any) -> None:
    at = datetime.now(UTC) - ago
    BackupRun.objects.create(
        kind=kind,
        origin=Origin.PLAN,
        state=state,
        path=str(path),
        asked_at=at,
        started_at=at,
        ended_at=at,
        **more,
    )


TODAY = timedelta(hours=2)


def test_that_there_was_never_a_backup_nor_a_tried_restore_is_named(office: Office, data: Path) -> None:
    checks = found(data)
    assert (checks["backup"].state, checks["restore"].state) == ("warn", "warn")
    assert "taizhang backup" in checks["backup"].cure.zh and "restore --try" in checks["restore"].cure.zh


def test_a_fresh_backup_that_is_there_and_was_tried_is_sound(office: Office, data: Path) -> None:
    file = data / "a.backup"
    file.touch()
    ran(Kind.BACKUP, TODAY, path=file)
    ran(Kind.TRIAL, timedelta(days=60), path=file)
    checks = found(data)
    assert (checks["backup"].state, checks["restore"].state) == ("ok", "ok")
    assert str(file) in checks["backup"].found.zh
    file.unlink()
    assert found(data)["backup"].state == "warn" and "不在了" in found(data)["backup"].found.zh


@pytest.mark.parametrize(("days", "state"), [(2, "ok"), (4, "warn")])
def test_a_backup_grows_old_within_days(office: Office, data: Path, days: int, state: str) -> None:
    ran(Kind.BACKUP, timedelta(days=days), path=data)
    assert found(data)["backup"].state == state


@pytest.mark.parametrize(("days", "state"), [(80, "ok"), (100, "warn")])
def test_a_tried_restore_grows_old_within_months(office: Office, data: Path, days: int, state: str) -> None:
    ran(Kind.TRIAL, timedelta(days=days))
    assert found(data)["restore"].state == state


def test_that_the_last_one_failed_is_named_with_its_reason(office: Office, data: Path) -> None:
    ran(Kind.BACKUP, timedelta(days=1), path=data)
    ran(Kind.BACKUP, TODAY, State.FAILED, zh="磁盘满了", en="the disk is full")
    ran(Kind.TRIAL, timedelta(days=1))
    ran(Kind.TRIAL, TODAY, State.FAILED, zh="已损坏", en="damaged")
    checks = found(data)
    assert checks["backup"].state == "warn" and "磁盘满了" in checks["backup"].found.zh
    assert checks["restore"].state == "bad" and "damaged" in checks["restore"].found.en


@pytest.mark.parametrize(
    ("taken", "days", "state"), [(0, 0, "ok"), (1, 1000, "ok"), (10, 50, "warn"), (200, 5, "bad")]
)
def test_a_disk_that_fills_is_named_with_its_days(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch, taken: int, days: int, state: str
) -> None:
    """`taken` in a day, from ten days ago to now."""
    free = days * taken or 1000
    monkeypatch.setattr(
        "taizhang.backup.room.shutil.disk_usage", lambda _path: type("", (), {"free": free * 1024**2})
    )
    assert "还没有足够的记录" in found(data)["growth"].found.zh
    before = datetime.now(UTC).date() - timedelta(days=10)
    DiskSample.objects.create(day=before, free=(free + 10 * taken) * 1024**2)
    growth = found(data)["growth"]
    assert growth.state == state and bool(growth.cure.zh) == (state != "ok")
    if taken:
        assert f"{taken} MB" in growth.found.zh and f"{days} 天" in growth.found.zh


def test_a_clock_turned_back_is_found_by_the_newest_event(office: Office, data: Path) -> None:
    office.at(datetime.now(UTC) + timedelta(days=2))
    office.registered()
    sealing.seal(1)
    change_site(now_override=None)
    clock = found(data)["clock"]
    assert clock.state == "bad" and "校准" in clock.cure.zh


def test_a_role_that_may_do_too_much_is_named_with_what_it_may(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(data)["roles"].state == "ok"
    monkeypatch.setattr("taizhang.ledger.roles.what_is_not_enforced", lambda: list(WAYS[:1]))
    roles = found(data)["roles"]
    assert roles.state == "warn" and "超级用户" in roles.found.zh and "DATABASE_OWNER_URL" in roles.cure.zh


@pytest.mark.parametrize(
    ("lists", "state", "words"),
    [
        (None, "warn", "没有 fc-list"),
        ("", "warn", "没有中文字体"),
        ("Noto Sans CJK JP\nNoto Sans CJK SC,Noto Sans CJK SC Bold\n", "ok", "Noto Sans CJK SC"),
        ("方正小标宋简体\n", "ok", "方正小标宋简体"),
    ],
)
def test_a_machine_without_chinese_fonts_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists: str | None, state: str, words: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if lists is not None:
        (tmp_path / "fonts").write_text(lists, encoding="utf-8")
        (tmp_path / "fc-list").write_text(
            f"#!/bin/sh\nwhile read -r line; do echo \"$line\"; done < '{tmp_path}/fonts'\n"
        )
        (tmp_path / "fc-list").chmod(0o755)
    finding = fonts()
    assert finding.state == state and words in finding.found.zh
    assert bool(finding.cure.zh) == (state != "ok")
