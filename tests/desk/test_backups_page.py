"""The operator's page of backups: the plan, one now, a tried restore, and what is said of each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from taizhang.backup import runs, schedule
from taizhang.backup.models import BackupRun
from taizhang.backup.runs import Kind, Origin, State
from taizhang.desk.policy import LANGUAGE_COOKIE
from taizhang.org.models import Person
from tests.desk.staff import Staff
from tests.desk.visit import Visiting


@pytest.fixture
def operator(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(Person.objects.get(is_operator=True))
    return browser


def plan(folder: object, **more: str) -> dict[str, str]:
    return {"act": "plan", "folder": str(folder), "at": "02:15", "keep": "5", **more}


def post(browser: Client, given: dict[str, Any]) -> Any:
    return browser.post("/backups/", given, follow=True)


def test_a_plan_is_made_changed_and_turned_off(operator: Client, tmp_path: Path) -> None:
    page = operator.get("/backups/").content.decode()
    assert "还没有备份计划" in page and "还没有做过备份" in page and "disabled" in page
    saved = post(operator, plan(tmp_path, tries="on")).content.decode()
    assert "备份计划已保存" in saved and str(tmp_path) in saved and "02:15" in saved
    assert "同一块磁盘" in saved
    assert schedule.the_plan().tries
    post(operator, plan(tmp_path, keep="9"))
    assert (schedule.the_plan().keep, schedule.the_plan().tries) == (9, False)
    assert "已停用" in post(operator, {"act": "off"}).content.decode()
    assert schedule.the_plan() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"folder": " "}, "请写明存放备份的文件夹"),
        ({"folder": "backups"}, "完整路径"),
        ({"folder": "/nowhere/at/all"}, "服务器上没有文件夹 /nowhere/at/all"),
        ({"folder": "/tmp\0"}, "请写明存放备份的文件夹"),
        ({"at": "半夜"}, "01:30"),
        ({"at": ""}, "01:30"),
        ({"keep": "0"}, "1 到 365"),
        ({"keep": "9" * 30}, "1 到 365"),
        ({"keep": "五"}, "1 到 365"),
    ],
)
def test_a_wrong_plan_is_refused_by_its_field_and_what_was_typed_stays(
    operator: Client, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    answer = post(operator, {**plan(tmp_path), **change})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert schedule.the_plan() is None
    if "at" not in change:
        assert 'value="02:15"' in answer.content.decode()


def test_one_at_a_time_is_asked_for_now(operator: Client, tmp_path: Path) -> None:
    assert "请先在下面设定" in post(operator, {"act": "now"}).content.decode()
    post(operator, plan(tmp_path))
    page = post(operator, {"act": "now"}).content.decode()
    assert "备份马上开始" in page and "▲ 等待开始" in page and "hx-trigger" in page
    run = runs.next_asked()
    assert (run.kind, run.origin, Path(run.path).parent) == (Kind.BACKUP, Origin.DESK, tmp_path)
    assert "已有一项正在进行" in post(operator, {"act": "now"}).content.decode()
    assert post(operator, {"act": "try", "run": str(run.pk)}).status_code == 422
    assert BackupRun.objects.count() == 1


def test_each_end_is_told_and_only_a_file_that_is_there_can_be_tried(
    operator: Client, tmp_path: Path
) -> None:
    there = tmp_path / "there.backup"
    there.touch()
    at = datetime.now(UTC)
    common = {"kind": Kind.BACKUP, "origin": Origin.PLAN, "asked_at": at, "started_at": at, "ended_at": at}
    good = BackupRun.objects.create(**common, state=State.GOOD, path=str(there), size=3 * 1024**2)
    BackupRun.objects.create(**common, state=State.GOOD, path=str(tmp_path / "gone.backup"))
    BackupRun.objects.create(**common, state=State.FAILED, path="/x", zh="磁盘满了", en="disk full")
    BackupRun.objects.create(**common, state=State.CUT, path="/y")
    page = operator.get("/backups/").content.decode()
    for words in ("● 成功", "■ 没有成功", "磁盘满了", "■ 中断", "3.0 MB", "gone.backup"):
        assert words in page, words
    assert page.count('value="try"') == 1 and "hx-trigger" not in page
    operator.cookies[LANGUAGE_COOKIE] = "en"
    assert "disk full" in operator.get("/backups/").content.decode()
    post(operator, {"act": "try", "run": str(good.pk)})
    assert (runs.next_asked().kind, runs.next_asked().path) == (Kind.TRIAL, str(there))
    trial = str(runs.next_asked().pk)
    for nonsense in ("", "0", "x", "9" * 30, trial):
        assert post(operator, {"act": "try", "run": nonsense}).status_code == 404
    assert post(operator, {"act": "nonsense"}).status_code == 404


def test_a_backup_is_made_and_tried_by_the_mouse_alone(visit: Visiting, tmp_path: Path) -> None:
    folder = tmp_path / "备 份"
    folder.mkdir()
    window = visit("operator")
    window.page.click("nav a[href='/backups/']")
    window.page.fill("#folder", str(folder))
    window.page.click("button[value=plan]")
    window.page.wait_for_selector(".alert-success")
    window.page.click(".page-head button")
    window.page.wait_for_selector("#runs .light-fine", timeout=60_000)
    assert (
        len(list(folder.glob("taizhang-*.backup"))) == len(list(folder.glob("taizhang-*.backup.keys"))) == 1
    )
    window.page.click("#runs button:has-text('试恢复')")
    window.page.wait_for_selector("#runs tr:nth-child(2) .light-fine", timeout=60_000)
    window.page.wait_for_selector("#runs tr:nth-child(1) .light-fine", timeout=60_000)
    window.page.click("button[value=off]")
    window.page.wait_for_selector(".alert-success")
