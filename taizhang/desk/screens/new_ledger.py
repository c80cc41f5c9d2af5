"""新建台账: a sheet is dropped, what it was taken for is looked through, the ledger opened, the sheet imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from taizhang.core.playbook_problem import PlaybookRefused
from taizhang.core.playbook_text import MONEY_UNITS
from taizhang.core.wording import Label
from taizhang.desk import draft_form as shown
from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.drafted import check_may_open, faults_of, keeper_of, open_drafted
from taizhang.desk.drafting import Drafting, answered, begun, edited, unlike
from taizhang.desk.picking import unit_options
from taizhang.desk.uploads import NO_LEDGER, Upload
from taizhang.formats.sheet.refusals import SheetRefused
from taizhang.formats.sheet.tables import MOST_ROWS
from taizhang.ledger import ledgers


@screen
def start(asking: Asking) -> HttpResponse:
    """Where a sheet is dropped, and after that the way to its draft."""
    check_may_open(asking)
    if asking.request.method != "POST":
        return _start(asking, "", 200)
    file = asking.request.FILES.get("file")
    if file is None:
        return _start(asking, _("请选一个文件"), 422)
    upload = uploads.keep(file, asking.person.pk, NO_LEDGER)
    try:
        _read(asking, upload, None)
    except SheetRefused as refused:
        uploads.drop(upload)
        return _start(asking, asking.word(Label(refused.zh, refused.en)), 422)
    return redirect("draft", upload.token)


@screen
def draft(asking: Asking, token: str) -> HttpResponse:
    """The form. What is sent is kept first; then another sheet is read, the text shown, or the ledger opened."""
    check_may_open(asking)
    upload, drafting = drafted(asking, token)
    if drafting is None:
        return to_import(upload)
    if drafting.texts is not None:
        return redirect("draft-text", token)
    if asking.request.method != "POST":
        return _form(asking, upload, drafting, _problems(asking, drafting), 200)
    posted = {name: str(value) for name, value in asking.request.POST.items()}
    drafting = answered(drafting, posted)
    uploads.keep_draft(upload, drafting.as_json())
    match posted.get("act"):
        case "sheet" if posted.get("sheet") in drafting.tables:
            return _another_sheet(asking, upload, drafting, posted["sheet"])
        case "text":
            uploads.keep_draft(upload, edited(drafting, drafting.playbook_texts).as_json())
            return redirect("draft-text", token)
    problems = _problems(asking, drafting)
    if problems:
        return _form(asking, upload, drafting, problems, 422)
    if posted.get("act") == "open":
        return opened(asking, upload, drafting)
    messages.success(asking.request, _("没有发现问题，可以启用。"), extra_tags=asking.request.path)
    return redirect("draft", token)


def drafted(asking: Asking, token: str) -> tuple[Upload, Drafting | None]:
    """The upload with its draft; without one where the ledger was opened already. Raises Http404."""
    upload = uploads.kept_by(token, asking.person.pk)
    if upload is None:
        raise Http404
    kept = uploads.draft_of(upload)
    if kept is None and upload.ledger == NO_LEDGER:
        raise Http404
    return upload, None if kept is None else Drafting.from_json(kept)


def to_import(upload: Upload) -> HttpResponse:
    """On to the import of a sheet whose ledger is open, as for a form that was sent twice."""
    return redirect("import-preview", ledgers.of_entry(upload.ledger).key, upload.token)


def opened(asking: Asking, upload: Upload, drafting: Drafting) -> HttpResponse:
    """Open the ledger, and on to the import of its sheet."""
    unit_id = keeper_of(asking, drafting)
    assert unit_id is not None, "a form that names no unit is shown again"
    try:
        ledger = open_drafted(asking, upload, drafting, unit_id)
    except PlaybookRefused:
        # Somebody took the key meanwhile; the form, looked at anew, says so.
        return redirect("draft", upload.token)
    words = _("已启用台账“{name}”。").format(name=ledger.name)
    messages.success(asking.request, words, extra_tags=asking.request.path)
    handed = uploads.kept(upload.token, asking.person.pk, ledger.ledger_id)
    return redirect("ledger", ledger.key) if handed is None else to_import(handed)


def _read(asking: Asking, upload: Upload, sheet: str | None) -> Drafting:
    """A draft from the upload, by a key no ledger has. Raises SheetRefused."""
    taken = {ledger.key for ledger in ledgers.all_ledgers(asking.site)}
    drafting = unlike(begun(upload.path, upload.name, sheet), taken)
    uploads.keep_draft(upload, drafting.as_json())
    return drafting


def _another_sheet(asking: Asking, upload: Upload, drafting: Drafting, sheet: str) -> HttpResponse:
    try:
        _read(asking, upload, sheet)
    except SheetRefused as refused:
        problems = {"sheet": asking.word(Label(refused.zh, refused.en))}
        return _form(asking, upload, drafting, problems, 422)
    words = _("已按工作表“{sheet}”重新起草。").format(sheet=sheet)
    messages.success(asking.request, words, extra_tags=asking.request.path)
    return redirect("draft", upload.token)


def _problems(asking: Asking, drafting: Drafting) -> dict[str, str]:
    """Input → what is wrong with it."""
    problems = shown.placed(faults_of(asking, drafting), drafting, asking) | shown.doubled(drafting)
    if keeper_of(asking, drafting) is None:
        problems["unit"] = shown.no_such_unit(drafting)
    return problems


def _start(asking: Asking, problem: str, status: int) -> HttpResponse:
    given = {"problem": problem, "is_first": not ledgers.all_ledgers(asking.site)}
    return render(asking.request, "desk/new_ledger.html", given, status=status)


def _form(
    asking: Asking, upload: Upload, drafting: Drafting, problems: Mapping[str, str], status: int
) -> HttpResponse:
    given: dict[str, Any] = {
        "upload": upload,
        "drafting": drafting,
        "answers": drafting.answers,
        "problems": problems,
        "marked": [(name, words) for name, words in problems.items() if name != "all"],
        "is_part": drafting.rows >= MOST_ROWS,
        "questions": shown.questions(drafting, problems),
        "columns": shown.column_forms(drafting, problems),
        "stages": shown.stage_forms(drafting, problems),
        "kinds": shown.kind_options(),
        "sights": shown.sight_options(),
        "units": unit_options(asking),
        "money_units": MONEY_UNITS,
        "address": reverse("draft", args=[upload.token]),
        "is_shown_again": status != 200,
    }
    return render(asking.request, "desk/draft.html", given, status=status)
