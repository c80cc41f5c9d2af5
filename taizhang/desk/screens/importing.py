"""导入: a sheet is read without writing, its report shown, and only then taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.desk.screens.registering import check_duty
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.refusals import SheetRefused
from taizhang.ledger import ledgers
from taizhang.ledger.importing import ImportRefused, Report, Wishes, import_book
from taizhang.ledger.ledgers import OpenLedger

SHOWN = 100
"""Lines of each list of the report."""


@screen
def index(asking: Asking) -> HttpResponse:
    every = ledgers.all_ledgers(asking.site)
    if len(every) == 1:
        return redirect("import", every[0].key)
    shown = [{"key": ledger.key, "name": ledger.name} for ledger in every]
    given = {"ledgers": shown, "scope": scope_words(asking), "target": "import"}
    return render(asking.request, "desk/ledgers.html", given)


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    """The form, and after a file was sent the way to its preview."""
    ledger, playbook = ledger_of(asking, key)
    check_duty(asking, playbook)
    file = asking.request.FILES.get("file")
    if asking.request.method != "POST":
        return _form(asking, ledger, "", 200)
    if file is None:
        return _form(asking, ledger, _("请选一个文件"), 422)
    upload = uploads.keep(file, asking.person.pk, ledger.ledger_id)
    return redirect("import-preview", ledger.key, upload.token)


@screen
def preview(asking: Asking, key: str, token: str) -> HttpResponse:
    """GET reads the sheet and writes nothing; POST takes it."""
    ledger, playbook = ledger_of(asking, key)
    check_duty(asking, playbook)
    upload = uploads.kept(token, asking.person.pk, ledger.ledger_id)
    if upload is None:
        raise Http404
    accepted = asking.request.method == "POST"
    try:
        with open_book(upload.path) as book:
            wishes = Wishes(dry_run=not accepted, language=asking.language)
            report = import_book(book, upload.name, ledger, asking.actor, wishes)
    except SheetRefused as refused:
        uploads.drop(upload)
        return _form(asking, ledger, refused.zh if asking.language == "zh" else refused.en, 422)
    except ImportRefused as refused:
        uploads.drop(upload)
        return _form(asking, ledger, asking.word(refused.message), 422)
    if accepted:
        uploads.drop(upload)
        words = _("已导入 {n} 条，未登记 {refused} 行").format(n=report.registered, refused=report.refused)
        messages.success(asking.request, words)
    return render(asking.request, "desk/preview.html", _shown(ledger, upload, report, accepted))


def _shown(ledger: OpenLedger, upload: uploads.Upload, report: Report, accepted: bool) -> dict[str, Any]:
    counts = (
        (_("读到"), report.read),
        (_("新登记"), report.registered),
        (_("已有且相同"), report.unchanged),
        (_("已有而不同，未采用"), report.changed),
        (_("未登记"), report.refused),
        (_("需要核对"), report.suspicious),
        (_("自称已了结，作历史销号"), report.claimed),
    )
    lists = (
        (_("未采用的单元格"), [fault.as_json() for fault in report.errors]),
        (_("需要核对"), report.suspicions),
        (_("读法说明"), report.notes),
    )
    return {
        "ledger": ledger,
        "upload": upload,
        "accepted": accepted,
        "counts": counts,
        "lists": [(title, rows[:SHOWN], len(rows) - SHOWN) for title, rows in lists if rows],
        "sheets": report.sheets,
        "unmapped": report.unmapped,
        "skipped": report.skipped[:SHOWN],
    }


def _form(asking: Asking, ledger: OpenLedger, problem: str, status: int) -> HttpResponse:
    given = {"ledger": ledger, "problem": problem}
    return render(asking.request, "desk/import.html", given, status=status)
