"""导入: a sheet is read without writing, its columns are chosen and its report shown, and only then taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.desk import preview as shown
from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.desk.import_wishes import MadeUp, change, chosen_in, column_choice
from taizhang.desk.screens.registering import check_duty
from taizhang.desk.sign_choices import (
    hidden_options,
    marks_taken,
    meaning_options,
    shown_signs,
    sign_choices,
    told_after,
)
from taizhang.desk.uploads import Upload
from taizhang.formats.sheet.book import Book, open_book
from taizhang.formats.sheet.refusals import SheetRefused
from taizhang.ledger import ledgers
from taizhang.ledger.importing import ImportRefused, Wishes, import_book, look
from taizhang.ledger.importing.refusals import NothingToImport
from taizhang.ledger.ledgers import OpenLedger

PAGE_SIZE = 100


@screen
def index(asking: Asking) -> HttpResponse:
    every = ledgers.all_ledgers(asking.site)
    if len(every) == 1:
        return redirect("import", every[0].key)
    found = [{"key": ledger.key, "name": ledger.name} for ledger in every]
    given = {"ledgers": found, "scope": scope_words(asking), "target": "import"}
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
    """GET reads the sheet and writes nothing, or shows what came of it. POST assigns columns or takes the sheet as
    it was shown; both lead back here."""
    ledger, playbook, upload = upload_of(asking, key, token)
    try:
        if asking.request.method == "POST" and not upload.accepted:
            _decide(asking, ledger, playbook, upload)
            return redirect("import-preview", ledger.key, token)
        return _page(asking, ledger, playbook, upload)
    except SheetRefused as refused:
        words = refused.zh if asking.language == "zh" else refused.en
    except NothingToImport as refused:
        words = asking.word(refused.message)
    uploads.drop(upload)
    return _form(asking, ledger, words, 422)


@screen
def listed(asking: Asking, key: str, token: str, name: str) -> HttpResponse:
    """One list of the report, all of it, in pages."""
    ledger, _playbook, upload = upload_of(asking, key, token)
    report = uploads.report_of(upload)
    if report is None or name not in shown.titles():
        raise Http404
    rows, page = report[name], asking.request.GET.get("page", "1")
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    at = int(page) if page.isdecimal() and 1 <= int(page[:9]) <= pages else 1
    given = {
        "ledger": ledger,
        "upload": upload,
        "title": shown.titles()[name],
        "name": name,
        "rows": rows[(at - 1) * PAGE_SIZE : at * PAGE_SIZE],
        "count_words": _("共 {n} 项，第 {page} 页，共 {pages} 页").format(n=len(rows), page=at, pages=pages),
        "before": at - 1,
        "after": at + 1 if at < pages else 0,
    }
    return render(asking.request, "desk/import_list.html", given)


def upload_of(asking: Asking, key: str, token: str) -> tuple[OpenLedger, Playbook, Upload]:
    ledger, playbook = ledger_of(asking, key)
    check_duty(asking, playbook)
    upload = uploads.kept(token, asking.person.pk, ledger.ledger_id)
    if upload is None:
        raise Http404
    return ledger, playbook, upload


def _decide(asking: Asking, ledger: OpenLedger, playbook: Playbook, upload: Upload) -> None:
    """Whatever was chosen otherwise than shown is read and shown first, even if the sheet was to be taken."""
    wanted = asking.request.POST.get("act", "take")
    try:
        chosen = chosen_in(asking.request.POST.dict(), playbook, upload)
    except MadeUp:
        raise Http404 from None
    if wanted == "anew":
        uploads.wish(upload, given={}, marks=upload.marks, reasons={}, leaves_rows=upload.leaves_rows)
    elif change(upload, chosen):
        if wanted == "take":
            messages.warning(asking.request, _("选择改过了：请先看按新选择读出的结果，再确认导入。"))
    elif wanted == "take" and upload.shown:
        _take(asking, ledger, upload)


def _wishes(asking: Asking, upload: Upload, *, dry_run: bool) -> Wishes:
    return Wishes(
        columns=column_choice(upload),
        marks=upload.marks,
        insists_on_marks=False,
        takes_hidden_rows=not upload.leaves_rows,
        dry_run=dry_run,
        language=asking.language,
    )


def _take(asking: Asking, ledger: OpenLedger, upload: Upload) -> None:
    try:
        with open_book(upload.path) as book:
            report = import_book(
                book, upload.name, ledger, asking.actor, _wishes(asking, upload, dry_run=False)
            )
    except ImportRefused:
        # The preview to which this leads says why.
        return
    uploads.keep_result(upload, report.as_json())
    made = report.registered + report.spread
    words = _("已导入 {n} 条，未登记 {refused} 行").format(n=made, refused=report.refused)
    messages.success(asking.request, words)


def _page(asking: Asking, ledger: OpenLedger, playbook: Playbook, upload: Upload) -> HttpResponse:
    given: dict[str, Any] = {"ledger": ledger, "upload": upload}
    if upload.accepted:
        report, problem = uploads.report_of(upload), ""
        if report is not None:
            given |= {"marks": marks_taken(report, playbook, asking), "signs_told": told_after(report)}
    else:
        with open_book(upload.path) as book:
            report, problem = _tried(asking, book, ledger, upload)
            sheets = shown.choices_of(look(book, playbook, column_choice(upload)), playbook, asking, report)
        hidden = shown.hidden_columns(sheets)
        signs = sign_choices(report, hidden, leaves_rows=upload.leaves_rows)
        names = [column.name for column in hidden]
        uploads.keep_preview(upload, shown.shown_values(sheets) | shown_signs(signs), names, report)
        given |= {
            "sheets": sheets,
            "signs": signs,
            "meanings": meaning_options(playbook, asking),
            "hidden_options": hidden_options(),
            "unplaced": shown.UNPLACED,
            "barred": [words for sheet in sheets if sheet.fits for words in sheet.barred],
        }
    given |= {"problem": problem, "report": report, "choice": shown.CHOICE}
    if report is not None:
        given |= {
            "counts": shown.counts_of(report),
            "lists": shown.lists_of(report),
            "unknown_names": shown.unknown_names(report),
        }
    return render(asking.request, "desk/preview.html", given)


def _tried(
    asking: Asking, book: Book, ledger: OpenLedger, upload: Upload
) -> tuple[dict[str, Any] | None, str]:
    """The report of a dry run, or why there can be none with these columns."""
    wishes = _wishes(asking, upload, dry_run=True)
    try:
        return import_book(book, upload.name, ledger, asking.actor, wishes).as_json(), ""
    except NothingToImport:
        raise
    except ImportRefused as refused:
        return None, asking.word(refused.message)


def _form(asking: Asking, ledger: OpenLedger, problem: str, status: int) -> HttpResponse:
    given = {"ledger": ledger, "problem": problem}
    return render(asking.request, "desk/import.html", given, status=status)
