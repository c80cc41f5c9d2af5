"""One person: posts with their days, how the account stands, what an administrator can do, what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taizhang.desk import staffing as words
from taizhang.desk.asking import Asking, screen
from taizhang.desk.inputs import Input
from taizhang.desk.posted import Posted
from taizhang.desk.screens.staff_list import lines, with_names
from taizhang.org.account_state import with_state
from taizhang.org.models import Person
from taizhang.org.people import Seat, seats_by_person
from taizhang.org.refusals import OrgRefused
from taizhang.org.staffing import Staffing, Term

LINES_SHOWN = 20
REFUSED = 422


@dataclass(frozen=True, slots=True)
class Form:
    """One thing to do to this person. `problem` is why it was refused just now."""

    deed: str
    label: str
    inputs: tuple[Input, ...]
    about: str = ""
    problem: str = ""
    is_open: bool = False


@screen
def show(asking: Asking, person_id: int) -> HttpResponse:
    staffing = words.staffing_of(asking)
    return _page(asking, staffing, words.person_of(asking, staffing, person_id))


@require_POST
@screen
def do(asking: Asking, person_id: int, deed: str) -> HttpResponse:
    staffing = words.staffing_of(asking)
    person = words.person_of(asking, staffing, person_id)
    if deed not in DEEDS:
        raise Http404
    posted = Posted(asking)
    try:
        done = DEEDS[deed](posted, staffing, person)
    except OrgRefused as refused:
        return _page(asking, staffing, person, deed, posted, asking.word(refused.message))
    if posted.problems:
        return _page(asking, staffing, person, deed, posted, _("请改正标出的地方"))
    messages.success(asking.request, done)
    still_here = staffing.reach.people(asking.today).filter(id=person.id).exists()
    return redirect("staff-person", person.id) if still_here else redirect("staff")


def _appoint(posted: Posted, staffing: Staffing, person: Person) -> str:
    post, term = words.post_typed(posted, staffing, "post"), _term(posted)
    if post is not None and not posted.problems:
        staffing.appoint(person.id, post, term)
    return _("已任职：{person}").format(person=person.name)


def _stand_in(posted: Posted, staffing: Staffing, person: Person) -> str:
    post, term = words.post_typed(posted, staffing, "post"), _term(posted)
    if post is not None and not posted.problems:
        staffing.stand_in(person.id, post, term)
    return _("已安排代岗：{person}").format(person=person.name)


def _end(posted: Posted, staffing: Staffing, person: Person) -> str:
    day, tenure = posted.day("day") or posted.asking.today, posted.number("tenure")
    if not posted.problems:
        staffing.end(tenure or 0, day)
    return _("已离岗：{person}").format(person=person.name)


def _close(_posted: Posted, staffing: Staffing, person: Person) -> str:
    staffing.close(person.id)
    return _("已停用：{person}。此人在各处的登录都已结束。").format(person=person.name)


def _reopen(_posted: Posted, staffing: Staffing, person: Person) -> str:
    staffing.close(person.id, reopened=True)
    return _("已启用：{person}").format(person=person.name)


DEEDS: dict[str, Callable[[Posted, Staffing, Person], str]] = {
    "appoint": _appoint,
    "stand-in": _stand_in,
    "end": _end,
    "close": _close,
    "reopen": _reopen,
}


def _term(posted: Posted) -> Term:
    return Term(posted.day("from_on"), posted.day("last_on"))


def _page(
    asking: Asking,
    staffing: Staffing,
    person: Person,
    deed: str = "",
    posted: Posted | None = None,
    problem: str = "",
) -> HttpResponse:
    shown = with_state(Person.objects.filter(id=person.id), asking.now).get()
    seats = seats_by_person([person.id], asking.today, also_past=True)[person.id]
    is_oneself = person.id == asking.person.pk
    given = {
        "person": shown,
        "state": shown.state,
        "state_words": words.state_words()[shown.state],
        "signed_in": _moment(shown.last_login, asking),
        "until": _moment(shown.one_time_until, asking),
        "seats": [_seat(seat, asking) for seat in seats],
        "forms": [] if is_oneself else _forms(shown, seats, asking, deed, posted, problem),
        "is_oneself": is_oneself,
        "may_hand_over": any(not seat.is_over(asking.today) for seat in seats),
        "lines": lines(
            with_names(staffing.reach.deeds(asking.today).filter(person=person))[:LINES_SHOWN], asking
        ),
    }
    return render(asking.request, "desk/staff_person.html", given, status=REFUSED if problem else 200)


def _moment(at: Any, asking: Asking) -> str:
    return f"{at.astimezone(asking.site.zone):%Y-%m-%d %H:%M}" if at is not None else ""


def _seat(seat: Seat, asking: Asking) -> dict[str, Any]:
    return {
        "seat": seat,
        "place": asking.word(seat.place),
        "days": words.days_words(seat.from_on, seat.last_on),
        "is_over": seat.is_over(asking.today),
        "is_coming": not seat.is_over(asking.today) and not seat.is_held(asking.today),
    }


def _forms(
    person: Person, seats: list[Seat], asking: Asking, deed: str, posted: Posted | None, problem: str
) -> list[Form]:
    if not person.is_active:
        found = [Form("reopen", _("启用账号"), (), _("启用后按原来的口令登录；忘了就重设。"))]
    else:
        found = [
            Form("appoint", _("任职"), post_inputs(asking)),
            Form(
                "stand-in",
                _("代岗（AB角）"),
                post_inputs(asking, needs_days=True),
                _("只在起止日期之内代行这个岗位，经过里写明“代”和原任。"),
            ),
            *([Form("end", _("离岗"), _end_inputs(seats, asking))] if _not_over(seats, asking) else []),
            Form("close", _("停用账号"), (), _("停用后不能登录；任职和经手的记录都不变。调走的人请先移交。")),
        ]
    return [
        _filled(one, posted, problem) if one.deed == deed and posted is not None else one for one in found
    ]


def _filled(form: Form, posted: Posted, problem: str) -> Form:
    inputs = tuple(
        replace(one, value=posted.text(one.name), problem=posted.problems.get(one.name, ""))
        for one in form.inputs
    )
    return replace(form, inputs=inputs, problem=problem, is_open=True)


def post_inputs(asking: Asking, *, needs_days: bool = False) -> tuple[Input, ...]:
    """A post and its days."""
    offers, today = reverse("staff-options", args=["post"]), asking.today.isoformat()
    return (
        Input("post", _("岗位"), required=True, hint=_("填单位名，从列出的岗位里选"), offers=offers),
        Input("from_on", _("自"), "date", needs_days, today),
        Input("last_on", _("至（含当天）"), "date", needs_days, hint="" if needs_days else _("不填为长期")),
    )


def _not_over(seats: list[Seat], asking: Asking) -> list[Seat]:
    return [seat for seat in seats if not seat.is_over(asking.today)]


def _end_inputs(seats: list[Seat], asking: Asking) -> tuple[Input, ...]:
    held = tuple((str(seat.tenure_id), words.seat_words(seat, asking)) for seat in _not_over(seats, asking))
    return (
        Input("tenure", _("岗位"), "choice", True, choices=held),
        Input("day", _("从哪天起不再担任"), "date", True, asking.today.isoformat()),
    )
