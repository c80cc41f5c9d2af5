"""What `doctor` examines of what is needed on a bad day: backups, whether they restore, the disk, the fonts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.cli.finding import Finding
from taizhang.core.wording import Label

if TYPE_CHECKING:
    from taizhang.backup.models import BackupRun

BACKED_UP_WITHIN = timedelta(days=3)
TRIED_WITHIN = timedelta(days=90)
FEW_DAYS, TOO_FEW_DAYS = 60, 7
"""Days until the disk is full: below the first a warning, below the second it is a matter of this week."""
MEBIBYTE = 1024**2
BACK_UP = Label(
    "请由操作员在“备份”页设定计划，或运行：taizhang backup 文件",
    "Let the operator set a plan on the page “Backups”, or run: taizhang backup FILE",
)
TRY = Label("请运行：taizhang restore --try 备份文件", "Run: taizhang restore --try BACKUP")


def precautions(data: Path) -> Iterator[Finding]:
    """On the open site of this data folder."""
    now = datetime.now(UTC)
    yield _backup(now)
    yield _trial(now)
    yield _room(data)
    yield fonts()


def _backup(now: datetime) -> Finding:
    from taizhang.backup import runs

    last, good = runs.last(runs.Kind.BACKUP), runs.last(runs.Kind.BACKUP, good=True)
    if good is None:
        found = _failed(last) if last else Label("还没有做过备份", "no backup was ever made")
        return Finding("backup", "warn", found, BACK_UP)
    if not Path(good.path).exists():
        found = Label(
            f"最近一次备份的文件不在了：{good.path}", f"the file of the last backup is not there: {good.path}"
        )
        cure = Label(
            "请接上存放备份的磁盘，或重新备份。", "Connect the disk it was written to, or make another."
        )
        return Finding("backup", "warn", found, cure)
    if last and last.state != runs.State.GOOD:
        return Finding("backup", "warn", _failed(last), BACK_UP)
    at = _moment(good)
    found = Label(f"最近一次 {at}，{good.path}", f"the last at {at}, {good.path}")
    if now - good.asked_at > BACKED_UP_WITHIN:
        return Finding("backup", "warn", found, BACK_UP)
    return Finding("backup", "ok", found)


def _failed(run: BackupRun) -> Label:
    at = _moment(run)
    return Label(
        f"最近一次备份（{at}）没有成功：{run.zh or '中断了'}",
        f"the last backup ({at}) was not made: {run.en or 'it was cut off'}",
    )


def _trial(now: datetime) -> Finding:
    from taizhang.backup import runs

    last = runs.last(runs.Kind.TRIAL)
    if last is None:
        return Finding(
            "restore", "warn", Label("还没有试过恢复备份", "restoring a backup was never tried"), TRY
        )
    at = _moment(last)
    if last.state != runs.State.GOOD:
        found = Label(
            f"最近一次试恢复（{at}）没有成功：{last.zh or '中断了'}",
            f"the last tried restore ({at}) did not go well: {last.en or 'it was cut off'}",
        )
        cure = Label("请重新备份，再试恢复。", "Make another backup, and try that.")
        return Finding("restore", "bad" if last.state == runs.State.FAILED else "warn", found, cure)
    found = Label(f"最近一次试恢复 {at}，成功", f"last tried at {at}, and it went well")
    if now - last.asked_at > TRIED_WITHIN:
        return Finding("restore", "warn", found, TRY)
    return Finding("restore", "ok", found)


def _room(data: Path) -> Finding:
    """A disk's days by how it filled in the last month."""
    from taizhang.backup import room

    found = room.room(data, datetime.now(UTC).date())
    if found.per_day is None:
        words = Label("还没有足够的记录（serve 每天记一次）", "not known yet (serve takes a note once a day)")
        return Finding("growth", "ok", words)
    if found.days is None:
        return Finding(
            "growth", "ok", Label("磁盘剩余空间没有减少", "the disk's free space is not shrinking")
        )
    daily = found.per_day / MEBIBYTE
    words = Label(
        f"每天约用 {daily:.0f} MB，照此还能用 {found.days} 天",
        f"about {daily:.0f} MB a day; the disk lasts {found.days} days at that rate",
    )
    if found.days >= FEW_DAYS:
        return Finding("growth", "ok", words)
    cure = Label("请把旧备份移走，或换更大的磁盘。", "Move old backups elsewhere, or get a larger disk.")
    return Finding("growth", "bad" if found.days < TOO_FEW_DAYS else "warn", words, cure)


def fonts() -> Finding:
    """Papers and printed pages show Chinese only where a Chinese font is installed."""
    cure = Label(
        "请由管理员安装，如：apt-get install fontconfig fonts-noto-cjk；公文另需方正小标宋、仿宋_GB2312。",
        "Have one installed, such as: apt-get install fontconfig fonts-noto-cjk",
    )
    lister = shutil.which("fc-list")
    if lister is None:
        found = Label("查不到字体：没有 fc-list", "fonts cannot be looked up: there is no fc-list")
        return Finding("fonts", "warn", found, cure)
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, timeout=30, check=False)
    families = sorted({line.split(",")[0] for line in listed.stdout.decode(errors="replace").splitlines()})
    if not families:
        found = Label("没有中文字体，PDF 和打印里中文会成方框", "no Chinese font: PDF and print show boxes")
        return Finding("fonts", "warn", found, cure)
    simplified = next((family for family in families if family.endswith("SC")), families[0])
    return Finding("fonts", "ok", Label(f"中文字体：{simplified}", f"Chinese: {simplified}"))


def _moment(run: BackupRun) -> str:
    from taizhang.org.sites import the_site

    return f"{run.asked_at.astimezone(the_site().zone):%Y-%m-%d %H:%M}"
