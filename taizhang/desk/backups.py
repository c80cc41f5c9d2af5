"""The backups of this machine, in the words of their page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from taizhang.backup import runs, schedule
from taizhang.backup.models import BackupPlan, BackupRun
from taizhang.backup.room import Room, room
from taizhang.backup.runs import Kind, State
from taizhang.core.wording import Label
from taizhang.desk.asking import Asking
from taizhang.desk.lights import Light

SHOWN = 20
MEBIBYTE = 1024**2


@dataclass(frozen=True, slots=True)
class Line:
    """One run. `can_try` where it is a backup whose file is there."""

    run: BackupRun
    at: str
    kind: str
    light: Light
    words: str
    took: str
    size: str
    is_busy: bool
    can_try: bool


def page(asking: Asking) -> dict[str, Any]:
    """What the page shows, besides the form."""
    plan = schedule.the_plan()
    lines = [_line(asking, run) for run in BackupRun.objects.order_by("-asked_at")[:SHOWN]]
    return {
        "plan": plan,
        "next": _next(asking, plan),
        "same_disk": plan is not None and schedule.on_the_same_disk(Path(plan.folder)),
        "lines": lines,
        "is_busy": any(line.is_busy for line in lines),
        "facts": list(_facts(asking)),
    }


def _facts(asking: Asking) -> list[tuple[str, str]]:
    """What one wants to know first."""
    made, tried = (runs.last(kind, good=True) for kind in (Kind.BACKUP, Kind.TRIAL))
    never = _("还没有")
    return [
        (_("最近一次成功的备份"), _at(asking, made) if made else never),
        (_("最近一次成功的试恢复"), _at(asking, tried) if tried else never),
        (_("磁盘"), _room_words(room(Path(settings.DATA), asking.today))),
    ]


def _room_words(found: Room) -> str:
    free = _("剩余 {n} GB").format(n=f"{found.free / 1024**3:.1f}")
    return (
        free if found.days is None else _("{free}，照近来的用量还能用 {n} 天").format(free=free, n=found.days)
    )


def _next(asking: Asking, plan: BackupPlan | None) -> str:
    if plan is None:
        return ""
    now = datetime.now(UTC).astimezone(asking.site.zone)
    return f"{schedule.next_moment(plan, now):%Y-%m-%d %H:%M}"


def _line(asking: Asking, run: BackupRun) -> Line:
    ended, began = run.ended_at, run.started_at
    is_backup = run.kind == Kind.BACKUP
    return Line(
        run=run,
        at=_at(asking, run),
        kind=_("备份") if is_backup else _("试恢复"),
        light=_light(run),
        words=asking.word(Label(run.zh, run.en)) or _unexplained(run),
        took=_took((ended - began).total_seconds()) if ended and began else "",
        size=f"{run.size / MEBIBYTE:.1f} MB" if run.size else "",
        is_busy=run.state in runs.WAITING,
        can_try=is_backup and run.state == State.GOOD and Path(run.path).is_file(),
    )


def _unexplained(run: BackupRun) -> str:
    """An unexpected fault; what it was stands in the log alone."""
    return _("原因见数据文件夹里的 log/taizhang.log") if run.state == State.FAILED else ""


def _light(run: BackupRun) -> Light:
    match run.state:
        case State.ASKED:
            return Light("soon", _("▲ 等待开始"))
        case State.RUNNING:
            return Light("soon", _("▲ 正在进行"))
        case State.GOOD:
            return Light("fine", _("● 成功"))
        case State.CUT:
            return Light("overdue", _("■ 中断"))
        case _:
            return Light("overdue", _("■ 没有成功"))


def _at(asking: Asking, run: BackupRun) -> str:
    return f"{run.asked_at.astimezone(asking.site.zone):%Y-%m-%d %H:%M}"


def _took(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    return _("{m} 分 {s} 秒").format(m=minutes, s=left) if minutes else _("{s} 秒").format(s=left)
