"""Whether there is room on a disk, and how long it will last by how it filled so far."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from taizhang.backup.models import DiskSample
from taizhang.backup.refusals import BackupRefused

LOOKED_BACK = timedelta(days=30)
KEPT = timedelta(days=400)
SPARE = 64 * 1024 * 1024
"""Bytes that are to stay free beside whatever is written."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes free; bytes taken per day, and for how many days that lasts, where it is known and any are."""

    free: int
    per_day: float | None = None
    days: int | None = None


def sample(data: Path, day: date) -> None:
    """Note how much is free, once a day."""
    DiskSample.objects.get_or_create(day=day, defaults={"free": shutil.disk_usage(data).free})
    DiskSample.objects.filter(day__lt=day - KEPT).delete()


def room(data: Path, day: date) -> Room:
    """From the oldest sample of the last thirty days to now."""
    free = shutil.disk_usage(data).free
    oldest = DiskSample.objects.filter(day__gte=day - LOOKED_BACK, day__lt=day).order_by("day").first()
    if oldest is None:
        return Room(free)
    per_day = (oldest.free - free) / (day - oldest.day).days
    return Room(free, per_day, int(free / per_day) if per_day > 0 else None)


def refuse_too_little_room(folder: Path, needed: int) -> None:
    """Raises BackupRefused before anything is written that would not fit."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise BackupRefused(
            f"{folder} 的磁盘空间不够：需要约 {_gigabytes(needed)}，只剩 {_gigabytes(free)}。",
            f"There is too little room in {folder}: about {_gigabytes(needed)} are needed, {_gigabytes(free)} free.",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.2f} GB"
