"""移交: a person leaves a post. One page lists what passes to whom, one button does all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from taizhang.core.actor import DUTIES
from taizhang.core.playbook import Playbook
from taizhang.core.wording import Label, listed
from taizhang.desk import duties
from taizhang.desk import staffing as words
from taizhang.desk.asking import Asking, screen
from taizhang.desk.inputs import Input
from taizhang.desk.posted import Posted
from taizhang.desk.screens.staff_person import REFUSED
from taizhang.desk.wishes import OPEN, wishes_of
from taizhang.ledger import ledgers, queries
from taizhang.org.models import Person, Post, Tenure
from taizhang.org.people import Seat, seats_by_person
from taizhang.org.refusals import OrgRefused
from taizhang.org.staffing import Staffing


@dataclass(frozen=True)
class Handover:
    """What was chosen so far; `problems` are by the input's name, `problem` is why it was refused."""

    staffing: Staffing
    person: Person
    seats: list[Seat]
    posted: Posted
    problem: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def seat(self) -> Seat | None:
        """The post handed over: the one chosen, or the only one."""
        chosen = self.typed.get("tenure", "")
        return next(
            (seat for seat in self.seats if str(seat.tenure_id) == chosen or len(self.seats) == 1), None
        )


@screen
def show(asking: Asking, person_id: int) -> HttpResponse:
    staffing = words.staffing_of(asking)
    person = words.person_of(asking, staffing, person_id)
    seats = seats_by_person([person.id], asking.today)[person.id]
    request = asking.request
    given = request.POST if request.method == "POST" else request.GET
    typed = {key: str(given[key]).strip() for key in given}
    chosen = Handover(staffing, person, seats, Posted(asking), typed=typed)
    if request.method == "POST":
        return _confirm(asking, chosen)
    return _page(asking, chosen)


def _confirm(asking: Asking, chosen: Handover) -> HttpResponse:
    posted, staffing = chosen.posted, chosen.staffing
    day = posted.day("day") or asking.today
    successor = words.person_typed(posted, staffing, "successor")
    moves_to = words.post_typed(posted, staffing, "moves_to", required=False)
    if successor is None and not chosen.typed.get("vacant"):
        posted.problems.setdefault("successor", _("请填接任人；没有的话勾选“岗位暂空缺”，会列入空缺岗位"))
    if posted.problems:
        return _page(asking, replace(chosen, problem=_("请改正标出的地方")))
    own = {str(seat.tenure_id): seat.tenure_id for seat in chosen.seats}
    ends = [own[one] for one in asking.request.POST.getlist("ends") if one in own]
    tenure = chosen.seat.tenure_id if chosen.seat is not None else 0
    try:
        staffing.hand_over(tenure, day, successor.id if successor is not None else None, moves_to, ends)
    except OrgRefused as refused:
        return _page(asking, replace(chosen, problem=asking.word(refused.message)))
    to_whom = successor.name if successor is not None else _("暂空缺")
    done = _("已移交，{day} 起生效：{person} → {successor}")
    messages.success(asking.request, done.format(day=day, person=chosen.person.name, successor=to_whom))
    still_here = staffing.reach.people(asking.today).filter(id=chosen.person.id).exists()
    return redirect("staff-person", chosen.person.id) if still_here else redirect("staff")


def _page(asking: Asking, chosen: Handover) -> HttpResponse:
    seat = chosen.seat
    day = _day(chosen.typed.get("day", "")) or asking.today
    given: dict[str, Any] = {
        "person": chosen.person,
        "problem": chosen.problem,
        "leaves_vacant": "vacant" in chosen.typed,
        "inputs": _inputs(asking, chosen, day),
        "seat": seat,
        "passes": _passes(asking, chosen, seat) if seat is not None else None,
        "day": day,
    }
    status = REFUSED if chosen.problem else 200
    return render(asking.request, "desk/handover.html", given, status=status)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _inputs(asking: Asking, chosen: Handover, day: date) -> list[Input]:
    posts = tuple((str(seat.tenure_id), words.seat_words(seat, asking)) for seat in chosen.seats)
    people, seats = (reverse("staff-options", args=[part]) for part in ("person", "post"))
    inputs = [
        Input("tenure", _("移交哪个岗位"), "choice", True, choices=posts),
        Input("day", _("从哪天起"), "date", True, day.isoformat()),
        Input("successor", _("接任人"), hint=_("填姓名，从列出的人里选"), offers=people),
        Input("moves_to", _("本人去向（新岗位）"), hint=_("调出或离任可不填"), offers=seats),
    ]
    typed, problems = chosen.typed, chosen.posted.problems
    return [
        replace(one, value=typed.get(one.name, one.value), problem=problems.get(one.name, ""))
        for one in inputs
    ]


def _passes(asking: Asking, chosen: Handover, seat: Seat) -> dict[str, Any]:
    """What stands with the post, and what stands with the person."""
    post = Post.objects.select_related("unit").get(id=seat.post_id)
    others = Tenure.objects.filter(post=post).exclude(person=chosen.person).exclude(to_on__lte=asking.today)
    return {
        "place": asking.word(seat.place),
        "duties": asking.word(listed(Label(*DUTIES[duty]) for duty in post.duties)),
        "ledgers": _entries(asking, post),
        "others": [
            {"name": other.person.name, "stand_in": other.stand_in, "days": _days(other)}
            for other in others.select_related("person").order_by("stand_in", "id")
        ],
        "stands_in": [
            {"id": one.tenure_id, "words": words.seat_words(one, asking)}
            for one in chosen.seats
            if one.stand_in and one.tenure_id != seat.tenure_id
        ],
    }


def _days(tenure: Tenure) -> str:
    last_on = tenure.to_on - timedelta(days=1) if tenure.to_on is not None else None
    return words.days_words(tenure.from_on, last_on)


def _entries(asking: Asking, post: Post) -> list[dict[str, Any]]:
    """Of each ledger what is open under this post. Every number is counted by the address it opens."""
    found = []
    for ledger in ledgers.all_ledgers(asking.site):
        playbook = ledgers.playbook(ledger.playbook_sha)
        sets = _addresses(post, playbook)
        wishes = {
            label: wishes_of(QueryDict(address), asking, ledger.ledger_id, playbook)
            for label, address in sets
        }
        counts = queries.counts(
            asking.site.id, asking.scope, {label: wish.filters for label, wish in wishes.items()}
        )
        rows = [
            {
                "label": label,
                "n": counts[label],
                "address": reverse("ledger", args=[ledger.key]) + wish.address(),
            }
            for label, wish in wishes.items()
        ]
        found.append({"name": ledger.name, "rows": rows})
    return found


def _addresses(post: Post, playbook: Playbook) -> list[tuple[str, str]]:
    sets = [
        (_("责任人是这个岗位"), {"responsible": post.id, "stage": OPEN}),
        (_("分管领导是这个岗位"), {"overseeing": post.id, "stage": OPEN}),
    ]
    for name, (stages, is_of_lead) in duties.waiting_for(frozenset(post.duties), playbook).items():
        where = {"unit": post.unit_id} if is_of_lead else {}
        sets.append((duties.labels()[name], {"stage": ",".join(stages), **where}))
    return [(label, urlencode(query)) for label, query in sets]
