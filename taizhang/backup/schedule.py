"""Backups by the clock: when one is due, and which of the old ones go."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from taizhang.backup import keys, runs
from taizhang.backup.models import BackupPlan, BackupRun
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.runs import Kind, Origin, State

TRIED_EVERY = timedelta(days=7)
BY_US = (Origin.PLAN, Origin.DESK)
"""Whose files the plan may remove; what somebody asked for by the terminal is theirs."""


def the_plan() -> BackupPlan | None:
    return BackupPlan.objects.first()


def set_plan(folder: Path, at: time, keep: int, *, tries: bool) -> BackupPlan:
    """Make or change the plan. Raises BackupRefused for a folder that is no place for backups."""
    refuse_unfit(folder)
    given = {"folder": str(folder), "at": at, "keep": keep, "tries": tries, "since": datetime.now(UTC)}
    return BackupPlan.objects.update_or_create(id=1, defaults=given)[0]


def forget_plan() -> None:
    BackupPlan.objects.all().delete()


def refuse_unfit(folder: Path) -> None:
    """A backup inside of what it saves is lost with it."""
    if not folder.is_absolute():
        raise BackupRefused(
            f"请写完整路径，以 / 开头：{folder}", f"Write the whole path, from the first /: {folder}"
        )
    if not folder.is_dir():
        raise BackupRefused(
            f"服务器上没有文件夹 {folder}，请先建好或接上磁盘。",
            f"The server has no folder {folder}; make it, or connect the disk.",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BackupRefused(
            f"不能写入 {folder}，请让运行台账的帐号可写。",
            f"{folder} cannot be written; let the account Taizhang runs under write there.",
        )
    if folder.resolve().is_relative_to(Path(settings.DATA).resolve()):
        raise BackupRefused(
            "不能放在数据文件夹里：数据没了，备份也没了。请另选一个，最好在另一块磁盘上。",
            "Not inside of the data folder: what takes the data takes the backup. Best take another disk.",
        )


def on_the_same_disk(folder: Path) -> bool:
    """Whether one broken disk takes both."""
    try:
        return folder.stat().st_dev == Path(settings.DATA).stat().st_dev
    except OSError:
        return False


def last_moment(plan: BackupPlan, now: datetime) -> datetime:
    """The plan's hour today, or yesterday's where that is still to come; in the zone of `now`."""
    today = datetime.combine(now.date(), plan.at, now.tzinfo)
    return today if today <= now else datetime.combine(now.date() - timedelta(days=1), plan.at, now.tzinfo)


def next_moment(plan: BackupPlan, now: datetime) -> datetime:
    last = last_moment(plan, now)
    return datetime.combine(last.date() + timedelta(days=1), plan.at, now.tzinfo)


def is_due(plan: BackupPlan, last_asked: datetime | None, now: datetime) -> bool:
    """Whether the plan's hour has come since it was made and since it was last kept. A machine that was off
    at that hour makes up for it when it is on again."""
    moment = last_moment(plan, now)
    return plan.since <= moment and (last_asked is None or last_asked < moment)


def new_file(folder: Path, now: datetime) -> Path:
    return folder / f"taizhang-{now:%Y%m%d-%H%M%S}.backup"


def ask_for_what_is_due(zone: ZoneInfo) -> None:
    """Ask for the backup the plan owes, and once a week for the newest one to be tried."""
    plan, now = the_plan(), datetime.now(UTC).astimezone(zone)
    if plan is None or runs.is_busy():
        return
    planned = BackupRun.objects.filter(kind=Kind.BACKUP, origin=Origin.PLAN).order_by("-asked_at").first()
    if is_due(plan, planned.asked_at if planned else None, now):
        runs.ask(Kind.BACKUP, Origin.PLAN, new_file(Path(plan.folder), now))
    elif plan.tries and (newest := runs.last(Kind.BACKUP, good=True)) and _trial_is_due(now):
        runs.ask(Kind.TRIAL, Origin.PLAN, Path(newest.path))


def _trial_is_due(now: datetime) -> bool:
    tried = runs.last(Kind.TRIAL)
    return tried is None or tried.asked_at + TRIED_EVERY <= now


def prune(plan: BackupPlan, now: datetime) -> None:
    """Remove backups beyond those to be kept, and copies of the keys that have been kept long enough."""
    kept = BackupRun.objects.filter(kind=Kind.BACKUP, state=State.GOOD, origin__in=BY_US).order_by(
        "-asked_at"
    )
    for place, run in enumerate(kept):
        path = Path(run.path)
        if place >= plan.keep:
            path.unlink(missing_ok=True)
        if place >= plan.keep or run.asked_at + keys.KEPT <= now:
            keys.beside(path).unlink(missing_ok=True)
