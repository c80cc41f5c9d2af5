"""单位写法: the names a sheet writes and nobody bears, asked once each; and what was settled, to look at and undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taizhang.desk import spelling_questions as q
from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot
from taizhang.desk.finding import ledger_of
from taizhang.desk.picking import unit_options
from taizhang.desk.screens.importing import upload_of
from taizhang.desk.spelling_answers import RowAnswer, Unclear
from taizhang.desk.way_back import page_before
from taizhang.ledger import ledgers
from taizhang.ledger.unit_texts import texts_without_lead
from taizhang.org import spellings
from taizhang.org.cell_units import CellReader
from taizhang.org.groups import Group
from taizhang.org.matching import UnitNames
from taizhang.org.models import Spelling
from taizhang.org.refusals import MayNotSettle, OrgRefused
from taizhang.org.spellings import Answer
from taizhang.org.suggesting import Band

OFFERED = 8
"""Units offered for what was typed so far."""


@dataclass(frozen=True)
class Place:
    """Where names are asked about: the names, the address of the page, and the page it was reached from."""

    asking: Asking
    asked: Sequence[q.Asked]
    address: str
    back: str
    back_words: str
    about: str

    @cached_property
    def reader(self) -> CellReader:
        return CellReader.load()

    @cached_property
    def questions(self) -> q.Questions:
        return q.Questions(self.asked, self.reader)

    @property
    def band(self) -> Band | None:
        """The one band that is to be shown in pages; none for the beginnings of all."""
        wanted = self.asking.request.GET.get("band", "")
        return next((band for band in q.BANDS if band == wanted), None)

    def to(self, **given: str) -> HttpResponse:
        """Back to the page, as it was asked for."""
        wanted = {"band": self.band, **given}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        return redirect(f"{self.address}?{query}" if query else self.address)


@screen
def of_import(asking: Asking, key: str, token: str) -> HttpResponse:
    """The names the preview of an import did not know."""
    ledger, _playbook, upload = upload_of(asking, key, token)
    report = uploads.report_of(upload)
    if report is None:
        raise Http404
    words = _("导入结果") if upload.accepted else _("回到导入预览")
    back = reverse("import-preview", args=[ledger.key, token])
    here = reverse("import-units", args=[ledger.key, token])
    return _page(Place(asking, q.asked_in(report), here, back, words, upload.name))


@screen
def of_ledger(asking: Asking, key: str) -> HttpResponse:
    """The names on entries nobody leads; what is settled here holds for the imports to come."""
    check_may_settle(asking)
    ledger, playbook = ledger_of(asking, key)
    reader, asked = CellReader.load(), dict[str, q.Asked]()
    for text, rows, number in texts_without_lead(
        asking.site.id, ledger.ledger_id, asking.scope, playbook, q.MOST
    ):
        for name in reader.read(text).unknown:
            known = asked.get(name)
            asked[name] = q.Asked(name, rows + (known.rows if known else 0), known.where if known else number)
    here, back = reverse("ledger-units", args=[ledger.key]), reverse("spellings")
    return _page(Place(asking, list(asked.values()), here, back, _("单位写法"), ledger.name))


@screen
def options(asking: Asking) -> HttpResponse:
    """Units and groups for what was typed so far, for the list below the input."""
    check_may_settle(asking)
    names, typed = UnitNames.of(asking.units), asking.request.GET.get("typed", "")[: spellings.LONGEST]
    found = [names.label(unit) for unit in names.suggester.complete(typed, OFFERED)] or names.nearest(typed)
    return HttpResponse(format_html_join("", '<li role="option">{}</li>', ((name,) for name in found)))


@screen
def settled(asking: Asking) -> HttpResponse:
    """What was settled, the latest first, by whom and when."""
    check_may_settle(asking)
    wanted, before = asking.request.GET.get("q", "").strip()[:100], asking.request.GET.get("before", "")
    rows = Spelling.objects.filter(undone_at__isnull=True).select_related("settled_by").order_by("-id")
    if wanted:
        rows = rows.filter(text__icontains=wanted.replace("\0", ""))
    total = rows.count()
    if before.isdecimal() and len(before) < 16:
        rows = rows.filter(id__lt=int(before))
    shown = list(rows[: q.PAGE_SIZE + 1])
    reader = CellReader.load()
    given = {
        "rows": [_told(row, reader, asking) for row in shown[: q.PAGE_SIZE]],
        "next": shown[q.PAGE_SIZE - 1].id if len(shown) > q.PAGE_SIZE else 0,
        "is_later": bool(before),
        "wanted": wanted,
        "count_words": _("共 {n} 种").format(n=total),
        "ledgers": _ledgers(asking),
    }
    return render(asking.request, "desk/spellings.html", given)


@require_POST
@screen
def undo(asking: Asking) -> HttpResponse:
    """Take back one settled spelling, or all that was settled in one go."""
    posted = asking.request.POST
    try:
        given = posted.get("spelling", "")
        ids = (
            [int(given)]
            if given.isdecimal() and len(given) < 16
            else spellings.of_batch(UUID(posted.get("batch", "")))
        )
    except ValueError:
        raise Http404 from None
    try:
        n = spellings.undo(ids, asking.agent)
    except OrgRefused as refused:
        raise MayNot(asking.word(refused.message)) from None
    messages.success(asking.request, _("已撤销 {n} 种写法，会重新询问").format(n=n))
    return redirect(page_before(asking.request))


def check_may_settle(asking: Asking) -> None:
    if not spellings.may_settle(asking.agent):
        raise MayNot(asking.word(MayNotSettle().message))


def _page(place: Place) -> HttpResponse:
    check_may_settle(place.asking)
    if place.asking.request.method != "POST":
        return _questions(place)
    match place.asking.request.POST.get("act"):
        case "band":
            return _take_band(place)
        case "page":
            return _take_page(place)
        case _:
            return _take_row(place)


def _questions(place: Place) -> HttpResponse:
    questions, wanted = place.questions, place.band
    bands = [
        _band(place, band, found)
        for band, found in questions.bands.items()
        if found and wanted in (None, band)
    ]
    more = len(questions.asked) - q.MOST
    given = {
        "place": place,
        "bands": bands,
        "wanted": wanted,
        "left": len(questions.open),
        "count_words": _count_words(questions),
        "too_many": _("写法太多，另有 {n} 种没有列出：请看导入预览里的列是否对得上。").format(n=more)
        if more > 0
        else "",
        "batch": _batch(place),
        "kinds": q.kind_words().items(),
        "may_found": "administer" in place.asking.agent.duties,
        "units": unit_options(place.asking),
        "version": str(place.asking.seats.version),
    }
    return render(place.asking.request, "desk/spelling_questions.html", given)


def _count_words(questions: q.Questions) -> str:
    left = len(questions.open)
    done = len(questions.asked[: q.MOST]) - left
    words = _("还有 {n} 种写法要认").format(n=left)
    return f"{words} · {_('已认 {n} 种').format(n=done)}" if done else words


def _band(place: Place, band: Band, found: Sequence[q.Question]) -> dict[str, Any]:
    """A band as the page shows it: its beginning, or a page of it."""
    page = place.asking.request.GET.get("page", "1")
    pages = -(-len(found) // q.PAGE_SIZE)
    at = int(page) if place.band and page.isdecimal() and 1 <= int(page[:9]) <= pages else 1
    most = q.BEGIN if place.band is None and band in q.WHOLE else q.PAGE_SIZE
    shown = found[(at - 1) * most : at * most]
    taken = [one for one in (found if band in q.WHOLE else shown) if one.best is not None]
    return {
        "name": band,
        "words": q.band_words()[band],
        "total": len(found),
        "rows": [_row(one, place) for one in shown],
        "taken": len(taken),
        "taken_words": _taken_words(band).format(n=len(taken)),
        "as_shown": [(one.asked.text, one.best) for one in taken] if band not in q.WHOLE else (),
        "more": len(found) > len(shown) and place.band is None,
        "before": at - 1,
        "after": at + 1 if place.band and at < pages else 0,
    }


def _taken_words(band: Band) -> str:
    return _("以下 {n} 个按建议采用") if band in q.WHOLE else _("看过了，以下 {n} 个都按第一个建议采用")


def _row(question: q.Question, place: Place, **more: Any) -> dict[str, Any]:
    why = q.why_words()
    return {
        "question": question,
        "asked": question.asked,
        "is_folded": question.band in q.WHOLE,
        "rows": _("{n} 行").format(n=question.asked.rows),
        "label": _("“{text}”是哪个单位").format(text=question.asked.text),
        "suggestions": [(one.unit_id, one.label, why[one.why]) for one in question.suggestions],
        **(_of_group(question.group, place) if question.group is not None else {}),
        **more,
    }


def _of_group(group: Group, place: Place) -> dict[str, Any]:
    return {"group": group, "group_words": q.group_words(group, place.reader)}


def _take_band(place: Place) -> HttpResponse:
    """All of a band as suggested, if it still is what was shown."""
    posted = place.asking.request.POST
    found = [one for band in q.WHOLE if band == posted.get("band") for one in place.questions.bands[band]]
    answers = {one.asked.text: Answer((one.best,)) for one in found if one.best is not None}
    if str(len(answers)) != posted.get("n") or str(place.asking.seats.version) != posted.get("version"):
        messages.warning(place.asking.request, _("这期间单位或写法有变动，请再看一遍建议，然后采用。"))
        return place.to()
    return _settled(place, answers)


def _take_page(place: Place) -> HttpResponse:
    """The suggestions a page showed, except for what was settled otherwise meanwhile."""
    posted = place.asking.request.POST
    is_open = {one.asked.text: one for one in place.questions.open}
    answers = {}
    for text, unit in zip(posted.getlist("text"), posted.getlist("unit"), strict=False):
        answer = is_open[text].chosen(unit) if text in is_open else None
        if answer is not None:
            answers[text] = answer
    return _settled(place, answers)


def _settled(place: Place, answers: dict[str, Answer]) -> HttpResponse:
    if not answers:
        return place.to()
    batch = spellings.settle(answers, place.asking.agent, place.reader.units)
    return place.to(batch=str(batch))


def _batch(place: Place) -> dict[str, Any] | None:
    """What was just accepted in one go, so that it can be undone in one."""
    try:
        batch = UUID(place.asking.request.GET.get("batch", ""))
    except ValueError:
        return None
    n = len(spellings.of_batch(batch))
    return {"id": batch, "words": _("已按建议认定 {n} 种写法").format(n=n)} if n else None


def _take_row(place: Place) -> HttpResponse:
    """One spelling. A page that asks for the row alone gets it, settled or with what was wrong."""
    request = place.asking.request
    question = place.questions.of(request.POST.get("text", ""))
    if question is None:
        raise Http404
    only_row = request.headers.get("X-Part") == "row"
    try:
        answer = RowAnswer(question, request.POST, place.reader, place.asking.agent).read()
        batch = spellings.settle({question.asked.text: answer}, place.asking.agent, CellReader.load().units)
    except Unclear as unclear:
        problem = str(unclear)
    except OrgRefused as refused:
        problem = place.asking.word(refused.message)
    else:
        words = q.answer_words(answer, CellReader.load())
        if only_row:
            given = {"asked": question.asked, "answer": words, "batch": batch, "place": place}
            return render(request, "desk/spelling_settled.html", given)
        messages.success(request, _("“{text}”认作：{answer}").format(text=question.asked.text, answer=words))
        return place.to()
    if not only_row:
        messages.warning(request, problem)
        return place.to()
    row = _row(question, place, problem=problem, typed=request.POST.get("typed", ""), is_folded=False)
    if (group := place.reader.groups.named(row["typed"])) is not None:
        row |= _of_group(group, place)
    may_found = "administer" in place.asking.agent.duties
    given = {"row": row, "place": place, "kinds": q.kind_words().items(), "may_found": may_found}
    return render(request, "desk/spelling_row.html", given, status=422)


def _told(row: Spelling, reader: CellReader, asking: Asking) -> dict[str, Any]:
    answer = Answer(tuple(row.unit_ids), row.group_id, row.means == Spelling.Means.EACH)
    return {
        "id": row.id,
        "text": row.text,
        "answer": q.answer_words(answer, reader),
        "by": row.settled_by.name,
        "at": row.settled_at.astimezone(asking.site.zone).strftime("%Y-%m-%d %H:%M"),
        "may_undo": spellings.may_undo(row, asking.agent),
    }


def _ledgers(asking: Asking) -> list[dict[str, str]]:
    return [{"key": ledger.key, "name": ledger.name} for ledger in ledgers.all_ledgers(asking.site)]
