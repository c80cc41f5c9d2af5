"""备份: when backups are made and where, how the last ones went, one now, and a tried restore."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.backup import runs, schedule
from taizhang.backup.models import BackupRun
from taizhang.backup.refusals import BackupRefused
from taizhang.backup.runs import Kind, Origin
from taizhang.core.wording import is_storable
from taizhang.desk import backups
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot

USUAL = {"folder": "", "at": "01:30", "keep": "14", "tries": "on"}
MOST_KEPT = 365


@screen
def show(asking: Asking) -> HttpResponse:
    if not asking.person.is_operator:
        raise MayNot(_("只有操作员可以管理备份"))
    if asking.request.method != "POST":
        return _page(asking, _given(), "", 200)
    try:
        messages.success(asking.request, _act(asking))
    except BackupRefused as refused:
        return _page(asking, _typed_again(asking), asking.word(refused.message), 422)
    return redirect("backups")


def _act(asking: Asking) -> str:
    """Do what the button says; what is then to be told."""
    match asking.request.POST.get("act"):
        case "plan":
            schedule.set_plan(*_typed(asking), tries="tries" in asking.request.POST)
            return _("备份计划已保存")
        case "off":
            schedule.forget_plan()
            return _("备份计划已停用")
        case "now":
            return _ask_now(asking)
        case "try":
            return _ask_trial(asking.request.POST.get("run", ""))
    raise Http404


def _ask_now(asking: Asking) -> str:
    plan = schedule.the_plan()
    if plan is None:
        raise BackupRefused("请先在下面设定存放备份的文件夹。", "First name the folder for backups below.")
    folder = Path(plan.folder)
    schedule.refuse_unfit(folder)
    _refuse_second()
    runs.ask(
        Kind.BACKUP, Origin.DESK, schedule.new_file(folder, datetime.now(UTC).astimezone(asking.site.zone))
    )
    return _("备份马上开始，不影响使用；可以离开这一页")


def _ask_trial(given: str) -> str:
    run = BackupRun.objects.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 16 else None
    if run is None or run.kind != Kind.BACKUP:
        raise Http404
    _refuse_second()
    runs.ask(Kind.TRIAL, Origin.DESK, Path(run.path))
    return _("试恢复马上开始：恢复到临时文件夹，逐表核对，然后删除")


def _refuse_second() -> None:
    if runs.is_busy():
        raise BackupRefused(
            "已有一项正在进行，完成之后再来。", "Another one is under way; come back when it is done."
        )


def _typed(asking: Asking) -> tuple[Path, time, int]:
    """The plan's form. Raises BackupRefused naming the field."""
    given = {name: asking.request.POST.get(name, "").strip() for name in USUAL}
    if not given["folder"] or not is_storable(given["folder"]):
        raise BackupRefused("请写明存放备份的文件夹。", "Name the folder for backups.")
    try:
        at = time.fromisoformat(given["at"]).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BackupRefused("每天的时间请写成 01:30 这样。", "Write the time of day like 01:30.") from None
    if not given["keep"].isdecimal() or not 1 <= int(given["keep"][:9]) <= MOST_KEPT:
        raise BackupRefused(f"保留份数请写 1 到 {MOST_KEPT} 的整数。", f"Keep from 1 to {MOST_KEPT} backups.")
    return Path(given["folder"]), at, int(given["keep"])


def _typed_again(asking: Asking) -> dict[str, str]:
    """What stood in the form that was refused; a button's form has none of it."""
    if asking.request.POST.get("act") != "plan":
        return _given()
    return {name: str(value) for name, value in asking.request.POST.items() if name in USUAL}


def _given() -> dict[str, str]:
    """The form as the plan has it, or as it is usual."""
    plan = schedule.the_plan()
    if plan is None:
        return USUAL
    tries = {"tries": "on"} if plan.tries else {}
    return {"folder": plan.folder, "at": f"{plan.at:%H:%M}", "keep": str(plan.keep), **tries}


def _page(asking: Asking, given: dict[str, str], problem: str, status: int) -> HttpResponse:
    shown = {"given": given, "problem": problem, **backups.page(asking)}
    return render(asking.request, "desk/backups.html", shown, status=status)
