"""When a backup is due, which old ones go, how long the disk lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.backup import keys, room, runs, schedule
from taizhang.backup.models import BackupPlan, BackupRun, DiskSample
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.runs import Kind, Origin, State
from taizhang.ledger.whole_file import draft_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = (datetime(year, 1, 1) for year in (2000, 2100))  # noqa: DTZ001 - hypothesis adds the zone
NIGHT = BackupPlan(folder="/backup", at=time(1, 30), keep=2, since=datetime(2026, 3, 1, 9, tzinfo=ZONE))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def test_a_backup_is_due_at_its_hour_and_once_a_day() -> None:
    assert not schedule.is_due(NIGHT, None, on(1, 10)), "not before the first night"
    assert not schedule.is_due(NIGHT, None, on(2, 1, 29))
    assert schedule.is_due(NIGHT, None, on(2, 1, 30))
    assert not schedule.is_due(NIGHT, on(2, 1, 30), on(2, 23))
    assert schedule.is_due(NIGHT, on(2, 1, 30), on(3, 1, 30))


def test_a_machine_that_was_off_makes_up_for_it_once() -> None:
    assert schedule.is_due(NIGHT, on(2, 1, 30), on(5, 8))
    assert not schedule.is_due(NIGHT, on(5, 8), on(5, 9))


@given(st.times(), st.datetimes(timezones=st.just(ZONE), min_value=FIRST, max_value=LAST))
def test_the_next_hour_is_ahead_and_the_last_is_not(at: time, now: datetime) -> None:
    plan = BackupPlan(at=at, since=now)
    assert schedule.last_moment(plan, now) <= now < schedule.next_moment(plan, now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def made(folder: Path, age: timedelta, origin: str = Origin.PLAN, state: str = State.GOOD) -> Path:
    path = folder / f"{age.days}-{origin}.backup"
    path.touch()
    keys.beside(path).touch()
    moment = datetime.now(UTC) - age
    BackupRun.objects.create(
        kind=Kind.BACKUP,
        origin=origin,
        state=state,
        path=str(path),
        asked_at=moment,
        started_at=moment,
        beat_at=moment,
    )
    return path


@pytest.mark.django_db
def test_old_backups_go_and_old_keys_sooner(folder: Path) -> None:
    ages = [timedelta(days=days) for days in (1, 20, 40, 50)]
    fresh, month, old, oldest = (made(folder, age) for age in ages)
    theirs = made(folder, timedelta(days=90), Origin.TERMINAL)
    stranger = folder / "taizhang-20200101-000000.backup"
    stranger.touch()
    plan = BackupPlan(folder=str(folder), at=time(1), keep=3, since=datetime.now(UTC))
    for _again in range(2):
        schedule.prune(plan, datetime.now(UTC))
        there = {path.name for path in folder.iterdir()}
        expected = [fresh, keys.beside(fresh), month, keys.beside(month), old]
        assert there == {path.name for path in [*expected, theirs, keys.beside(theirs), stranger]}
    assert not oldest.exists()


@pytest.mark.django_db
def test_what_is_due_is_asked_for_and_the_newest_is_tried_once_a_week(folder: Path, tmp_path: Path) -> None:
    schedule.set_plan(folder, time(0, 0), 3, tries=True)
    schedule.ask_for_what_is_due(ZONE)
    assert runs.next_asked() is None, "the plan's first hour is still to come, and there is nothing to try"
    BackupPlan.objects.update(since=datetime.now(UTC) - timedelta(days=2))
    schedule.ask_for_what_is_due(ZONE)
    asked = runs.next_asked()
    assert asked is not None and (asked.kind, Path(asked.path).parent) == (Kind.BACKUP, folder)
    schedule.ask_for_what_is_due(ZONE)
    assert BackupRun.objects.count() == 1, "nothing more while one waits"
    BackupRun.objects.update(state=State.GOOD)
    schedule.ask_for_what_is_due(ZONE)
    trial = runs.next_asked()
    assert trial is not None and (trial.kind, trial.path) == (Kind.TRIAL, asked.path)
    BackupRun.objects.update(state=State.FAILED)
    schedule.ask_for_what_is_due(ZONE)
    assert runs.next_asked() is None


@pytest.mark.django_db
def test_a_plan_takes_no_folder_that_is_no_place_for_backups(
    folder: Path, settings: object, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]
    (tmp_path / "data" / "inside").mkdir(parents=True)
    for unfit, words in (
        (Path("relative"), "完整路径"),
        (tmp_path / "none", "没有文件夹"),
        (tmp_path / "data" / "inside", "不能放在数据文件夹里"),
    ):
        with pytest.raises(BackupRefused, match=words):
            schedule.set_plan(unfit, time(1), 3, tries=True)
    assert schedule.the_plan() is None
    schedule.set_plan(folder, time(1), 3, tries=True)
    assert schedule.on_the_same_disk(folder)


@pytest.mark.django_db
def test_a_run_whose_process_is_gone_is_called_cut_off_and_what_it_left_removed(folder: Path) -> None:
    path = made(folder, timedelta(days=1), state=State.RUNNING)
    left = [draft_of(path, 12345), draft_of(keys.beside(path), 12345)]
    for draft in left:
        draft.touch()
    alive = made(folder, timedelta(), state=State.RUNNING)
    runs.clear_up()
    assert [run.state for run in BackupRun.objects.order_by("asked_at")] == [State.CUT, State.RUNNING]
    assert not any(draft.exists() for draft in left) and alive.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("taken", "days"), [(0, None), (-500, None), (10, 90)])
def test_the_disk_lasts_as_long_as_it_filled_so_far(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: int, days: int | None
) -> None:
    free = [900 + 10 * taken]
    monkeypatch.setattr(
        "taizhang.backup.room.shutil.disk_usage", lambda _path: type("", (), {"free": free[0]})
    )
    today = date(2026, 3, 20)
    assert room.room(tmp_path, today).per_day is None
    DiskSample.objects.create(day=today - timedelta(days=40), free=10**12)
    room.sample(tmp_path, today - timedelta(days=10))
    free[0] = 900
    room.sample(tmp_path, today)
    found = room.room(tmp_path, today)
    assert (found.free, found.per_day, found.days) == (900, taken, days)
