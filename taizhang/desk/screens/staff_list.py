"""人员与账号: the people an administrator looks after, the posts nobody holds, and what was done to accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from taizhang.core.wording import is_storable
from taizhang.desk import staffing as words
from taizhang.desk.asking import Asking, screen
from taizhang.org.account_state import in_state, with_state
from taizhang.org.models import AccountDeed, Person, Post
from taizhang.org.people import Seat, people_like, seats_by_person
from taizhang.org.posts import vacant
from taizhang.org.staffing import Staffing

PAGE_SIZE = 50
VACANT_SHOWN = 20


@screen
def index(asking: Asking) -> HttpResponse:
    staffing, request = words.staffing_of(asking), asking.request
    wanted = {key: request.GET.get(key, "").strip()[:100] for key in ("q", "state")}
    people = with_state(staffing.reach.people(asking.today), asking.now)
    if wanted["q"]:
        people = people_like(people, wanted["q"])
    if wanted["state"] in words.state_words():
        people = in_state(people, wanted["state"])
    shown, after = _page(people, request)
    seats = seats_by_person([person.id for person in shown], asking.today)
    gaps = vacant(staffing.reach.posts(), asking.today)
    given = {
        "count_words": _("共 {n} 人").format(n=people.count()),
        "rows": [_row(person, seats[person.id], asking) for person in shown],
        "wanted": wanted,
        "states": words.state_words().items(),
        "next": f"?{urlencode({**wanted, 'after': after})}" if after else "",
        "is_later": "after" in request.GET,
        "reach": _reach_words(asking, staffing),
        "vacant": [words.placed(post, asking) for post in _first(gaps)],
        "vacant_count": gaps.count(),
    }
    return render(request, "desk/staff.html", given)


def _first(posts: QuerySet[Post]) -> QuerySet[Post]:
    return posts.select_related("unit").order_by("unit__sort_key", "unit_id", "id")[:VACANT_SHOWN]


def _page(people: QuerySet[Person], request: HttpRequest) -> tuple[list[Person], str]:
    """Some of them by name, and where the next page begins."""
    number, _tilde, key = request.GET.get("after", "").partition("~")
    if number.isdecimal() and number.isascii() and len(number) < 16 and is_storable(key):
        people = people.filter(Q(sort_key__gt=key) | Q(sort_key=key, id__gt=int(number)))
    found = list(people.order_by("sort_key", "id")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return shown, f"{shown[-1].id}~{shown[-1].sort_key}" if len(found) > PAGE_SIZE else ""


def _row(person: Any, seats: list[Seat], asking: Asking) -> dict[str, Any]:
    at = person.last_login
    return {
        "person": person,
        "seats": [words.seat_words(seat, asking) for seat in seats],
        "state": person.state,
        "state_words": words.state_words()[person.state],
        "signed_in": f"{at.astimezone(asking.site.zone):%Y-%m-%d}" if at is not None else "",
        "may_reset": person.is_active and person.id != asking.person.pk,
    }


def _reach_words(asking: Asking, staffing: Staffing) -> str:
    unit = asking.agent.unit_id
    if unit is None or staffing.reach.unit_ids is None:
        return _("全站")
    return _("{unit}及下级单位").format(unit=asking.units.name(unit))


@screen
def log(asking: Asking) -> HttpResponse:
    """Every deed on the accounts within reach, the latest first."""
    staffing = words.staffing_of(asking)
    after = asking.request.GET.get("after", "")
    deeds = staffing.reach.deeds(asking.today)
    if after.isdecimal() and after.isascii() and len(after) < 16:
        deeds = deeds.filter(id__lt=int(after))
    found = list(with_names(deeds)[: PAGE_SIZE + 1])
    given = {
        "lines": lines(found[:PAGE_SIZE], asking),
        "next": f"?after={found[PAGE_SIZE - 1].id}" if len(found) > PAGE_SIZE else "",
        "is_later": bool(after),
    }
    return render(asking.request, "desk/account_log.html", given)


def with_names(deeds: QuerySet[AccountDeed]) -> QuerySet[AccountDeed]:
    return deeds.select_related("by", "person", "other", "by_post__unit", "post__unit")


def lines(deeds: Iterable[AccountDeed], asking: Asking) -> list[dict[str, str]]:
    """The log in words."""
    called = words.deed_words()
    return [
        {
            "at": f"{deed.at.astimezone(asking.site.zone):%Y-%m-%d %H:%M}",
            "what": called[deed.what],
            "person": words.person_label(deed.person, asking) if deed.person is not None else "",
            "post": words.placed(deed.post, asking),
            "days": words.deed_days(deed),
            "other": words.person_label(deed.other, asking) if deed.other is not None else "",
            "by": deed.by.name,
            "by_post": words.placed(deed.by_post, asking),
        }
        for deed in deeds
    ]


@screen
def options(asking: Asking, part: str) -> HttpResponse:
    """`<option>`s for an input; the page sends nothing but that input."""
    typed = next(iter(asking.request.GET.values()), "")
    return HttpResponse(words.options(asking, words.staffing_of(asking), part, str(typed)))
