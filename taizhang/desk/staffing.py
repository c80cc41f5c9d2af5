"""What the pages of 人员与账号 share: who may open them, the words for an account, and how a typed post or
person is understood."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import Http404
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from taizhang.core.wording import Label, bracketed, listed
from taizhang.desk.asking import Asking
from taizhang.desk.faults import MayNot
from taizhang.desk.picking import full_width
from taizhang.desk.posted import Posted
from taizhang.org.models import AccountDeed, Person, Post
from taizhang.org.people import Seat, people_like
from taizhang.org.posts import StaffedPost, posts_placed
from taizhang.org.reach import reach_of
from taizhang.org.refusals import MayNotAppoint, PersonOutOfReach
from taizhang.org.signing_in import account_called
from taizhang.org.staffing import Staffing

MOST_OFFERED = 20
_PARTED = re.compile("、|, ?")
What = AccountDeed.What


def staffing_of(asking: Asking) -> Staffing:
    """For who looks after accounts; anybody else is told who does."""
    try:
        return Staffing(reach_of(asking.agent, asking.units), asking.now)
    except MayNotAppoint as refused:
        raise MayNot(asking.word(refused.message)) from refused


def person_of(asking: Asking, staffing: Staffing, person_id: int) -> Person:
    """Somebody within reach; of others the page says no more than that they are not."""
    try:
        return staffing.reach.person(person_id, asking.today)
    except PersonOutOfReach as refused:
        raise MayNot(asking.word(refused.message)) from refused


def state_words() -> dict[str, str]:
    """What each state of an account is called, in the order of the filter."""
    return {
        "active": _("正常"),
        "waiting": _("口令待用"),
        "expired": _("口令过期"),
        "none": _("未发口令"),
        "left": _("无岗位"),
        "closed": _("已停用"),
    }


def deed_words() -> dict[str, str]:
    """What the log calls each deed."""
    return {
        What.MADE: _("建账号"),
        What.RESET: _("重设口令"),
        What.APPOINTED: _("任职"),
        What.STOOD_IN: _("代岗"),
        What.ENDED: _("离岗"),
        What.HANDED_OVER: _("移交"),
        What.CLOSED: _("停用"),
        What.REOPENED: _("重新启用"),
        What.POST_MADE: _("新设岗位"),
    }


def days_words(first_on: date | None, last_on: date | None) -> str:
    """A span of days, both ends included."""
    if first_on is None and last_on is None:
        return ""
    if last_on is None:
        return _("{day} 起").format(day=first_on)
    if first_on is None:
        return _("至 {day}").format(day=last_on)
    return _("{first} 至 {last}").format(first=first_on, last=last_on)


def seat_words(seat: Seat, asking: Asking) -> str:
    """A post as the lists show it: where, since when, and whether it is only stood in for."""
    days = days_words(seat.from_on, seat.last_on)
    place = asking.word(seat.place)
    named = _("代 {post}").format(post=place) if seat.stand_in else place
    return asking.word(bracketed(Label(named), Label(days))) if days else named


def options(asking: Asking, staffing: Staffing, part: str, typed: str) -> SafeString:
    """`<option>`s of what is within reach, for what was typed so far."""
    text = full_width(typed).partition("（")[0].strip()
    if part == "post":
        found = posts_placed(staffing.reach.posts(), text, asking.today, MOST_OFFERED)
        labels = [post_label(post, asking) for post in found]
    elif part == "person":
        people = people_like(staffing.reach.people(asking.today).filter(is_active=True), text)
        labels = [person_label(person, asking) for person in people.order_by("sort_key", "id")[:MOST_OFFERED]]
    else:
        raise Http404
    return format_html_join("", '<option value="{}"></option>', ((label,) for label in labels))


def person_label(person: Person, asking: Asking) -> str:
    return asking.word(bracketed(Label(person.name), Label(person.username)))


def post_label(post: StaffedPost, asking: Asking) -> str:
    """Unit and post, and who holds it, so that posts of one name are told apart."""
    place = f"{asking.units.name(post.unit_id)} {asking.word(post.called)}"
    holders = listed(map(Label, post.holders)) if post.holders else Label(_("空缺"))
    return asking.word(bracketed(Label(place), holders))


def post_typed(posted: Posted, staffing: Staffing, name: str, *, required: bool = True) -> Post | None:
    """The post within reach that was typed: its unit and name, and who holds it where several are called so."""
    asking, typed = posted.asking, full_width(posted.text(name))
    if not typed:
        if required:
            posted.problems[name] = _("请填写")
        return None
    place, bracket, holders = typed.partition("（")
    found = posts_placed(staffing.reach.posts(), place.strip(), asking.today, MOST_OFFERED, exactly=True)
    if bracket and len(found) > 1:
        found = [post for post in found if _is_held_by(post, holders.removesuffix("）"))]
    if not found:
        posted.problems[name] = _("您能管的单位里没有“{name}”这个岗位，请从列出的里选").format(name=typed)
        return None
    if len(found) > 1:
        names = asking.word(listed(Label(post_label(post, asking)) for post in found))
        posted.problems[name] = _("有几个岗位符合“{name}”，请选定一个：{all}").format(name=typed, all=names)
        return None
    return Post.objects.select_related("unit").get(id=found[0].post_id)


def _is_held_by(post: StaffedPost, typed: str) -> bool:
    """Whether those named hold it; others may have joined them since the page was shown."""
    return not post.holders if typed == _("空缺") else set(_PARTED.split(typed)) <= set(post.holders)


def person_typed(posted: Posted, staffing: Staffing, name: str) -> Person | None:
    """Somebody within reach by name, user name or staff number; None where the input was left empty."""
    typed = full_width(posted.text(name))
    if not typed:
        return None
    called, bracket, username = typed.partition("（")
    within = staffing.reach.people(posted.asking.today).filter(is_active=True)
    account = account_called(username.removesuffix("）") if bracket else called)
    if account is not None and within.filter(id=account.id).exists():
        return account
    found = list(within.filter(name=called.strip())[:2]) if not bracket else []
    if len(found) == 1:
        return found[0]
    words = (
        _("有几位叫“{name}”，请从列出的里选，或填用户名") if found else _("您能管的单位里没有“{name}”这个人")
    )
    posted.problems[name] = words.format(name=typed)
    return None


def placed(post: Post | None, asking: Asking) -> str:
    """Unit and post, by the unit's name of today."""
    if post is None:
        return ""
    name = post.name_en if asking.language == "en" and post.name_en else post.name
    return f"{post.unit.name} {name}"


def deed_days(deed: AccountDeed) -> str:
    """The days a deed speaks of: of what was given all of them, of what ended the first day without it."""
    if deed.what in (What.ENDED, What.HANDED_OVER):
        return _("{day} 起不再担任").format(day=deed.to_on)
    last_on = deed.to_on - timedelta(days=1) if deed.to_on is not None else None
    return days_words(deed.from_on, last_on)
