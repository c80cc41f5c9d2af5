"""Backups by the clock: when one is due, and which of the old ones go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from taizhang.backup import keys, runs
from taizhang.backup.models import BackupPlan, BackupRun
from taizhang.backup.runs import Kind, Origin, State

TRIED_EVERY = timedelta(days=7)
BY_US = (Origin.PLAN, Origin.DESK)
"""Whose files the plan may remove; what somebody asked for by the terminal is theirs."""


def the_plan() -> BackupPlan | None:
    return BackupPlan.objects.first()


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
