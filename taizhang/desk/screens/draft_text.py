"""以文本编辑: the drafted playbook as text, with the checker's findings by line; an edited text is what is opened."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from taizhang.desk import draft_form as shown
from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.drafted import check_may_open, faults_of, keeper_of
from taizhang.desk.drafting import Drafting, edited
from taizhang.desk.screens.new_ledger import drafted, opened, to_import
from taizhang.desk.uploads import Upload

INPUT = "text-"
"""Before the name of a file in the form."""


@screen
def show(asking: Asking, token: str) -> HttpResponse:
    check_may_open(asking)
    upload, drafting = drafted(asking, token)
    if drafting is None:
        return to_import(upload)
    if drafting.texts is None:
        return redirect("draft", token)
    if asking.request.method != "POST":
        return _page(asking, upload, drafting, 200)
    if asking.request.POST.get("act") == "form":
        return _back_to_form(asking, upload, drafting)
    posted = asking.request.POST
    texts = {
        name: posted.get(f"{INPUT}{name}", old).replace("\r\n", "\n") for name, old in drafting.texts.items()
    }
    drafting = edited(drafting, texts)
    uploads.keep_draft(upload, drafting.as_json())
    if faults_of(asking, drafting) or keeper_of(asking, drafting) is None:
        return _page(asking, upload, drafting, 422)
    if posted.get("act") == "open":
        return opened(asking, upload, drafting)
    messages.success(asking.request, _("没有发现问题，可以启用。"), extra_tags=asking.request.path)
    return redirect("draft-text", token)


def _back_to_form(asking: Asking, upload: Upload, drafting: Drafting) -> HttpResponse:
    uploads.keep_draft(upload, edited(drafting, None).as_json())
    words = _("文字的改动没有采用，下面是表单原来的内容。")
    messages.info(asking.request, words, extra_tags=asking.request.path)
    return redirect("draft", upload.token)


def _page(asking: Asking, upload: Upload, drafting: Drafting, status: int) -> HttpResponse:
    texts = drafting.playbook_texts
    given = {
        "upload": upload,
        "files": [(name, f"{INPUT}{name}", text, text.count("\n") + 2) for name, text in texts.items()],
        "findings": shown.findings(faults_of(asking, drafting), texts, asking),
        "unit_problem": "" if keeper_of(asking, drafting) is not None else shown.no_such_unit(drafting),
        "address": reverse("draft-text", args=[upload.token]),
        "is_shown_again": status != 200,
    }
    return render(asking.request, "desk/draft_text.html", given, status=status)
