"""代录: recording what somebody else did. Who can be meant, and how a typed name is understood."""

from __future__ import annotations

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from taizhang.core.actor import Actor
from taizhang.core.refusals import MayNotTypeForOthers
from taizhang.desk.asking import Asking, listed
from taizhang.desk.faults import MayNot
from taizhang.desk.inputs import ACTED_BY
from taizhang.desk.picking import full_width
from taizhang.desk.posted import Posted
from taizhang.org.people import Holder, holders_called, holders_like

MOST_OFFERED = 20


def check_may_type(asking: Asking) -> None:
    if not asking.agent.may_type_for_others:
        raise MayNot(asking.word(MayNotTypeForOthers().message))


def actor_for(posted: Posted) -> Actor:
    """Who acts by this form: the person of the request, or the one it is recorded for. Where nobody or several
    are meant, a problem says so."""
    asking, typed = posted.asking, posted.text(ACTED_BY)
    if not typed:
        return asking.actor
    check_may_type(asking)
    found = _called(asking, typed)
    if len(found) != 1:
        posted.problems[ACTED_BY] = _problem(asking, typed, found)
        return asking.actor
    return asking.acting_for(found[0].person_id, found[0].post_id)


def people_options(asking: Asking, typed: str) -> SafeString:
    """`<option>`s of people within scope whose name fits what was typed so far."""
    name = full_width(typed).partition("（")[0].strip()
    found = holders_like(name, asking.scope.unit_ids, asking.today, MOST_OFFERED)
    return format_html_join("", '<option value="{}"></option>', ((_label(one, asking),) for one in found))


def _called(asking: Asking, typed: str) -> list[Holder]:
    """People of this name or user name within scope, in the post that counts; a unit after the name, in
    brackets, tells namesakes apart, and the post after the unit the posts of one person."""
    covered = asking.scope.unit_ids
    found = holders_called(typed, covered, asking.today)
    name, bracket, where = full_width(typed).partition("（")
    if bracket and not found:
        where = where.removesuffix("）").strip()
        named = holders_called(name.strip(), covered, asking.today)
        found = [one for one in named if where in (asking.units.name(one.unit_id), _place(one, asking))]
    by_person: dict[int, Holder] = {}
    for one in found:
        by_person.setdefault(one.person_id, one)
    exact = [one for one in by_person.values() if one.username == typed]
    return exact or list(by_person.values())


def _problem(asking: Asking, typed: str, found: list[Holder]) -> str:
    if not found:
        return _("您的范围内没有“{name}”这个在岗人员").format(name=typed)
    labels = [_label(one, asking) for one in found]
    if len({*labels}) == len(labels):
        return _("有几位叫“{name}”，请写明单位：{all}").format(name=typed, all=listed(labels))
    names = listed(one.username for one in found)
    return _("有几位叫“{name}”，单位也相同，请改填用户名：{all}").format(name=typed, all=names)


def _label(one: Holder, asking: Asking) -> str:
    return _("{name}（{place}）").format(name=one.name, place=_place(one, asking))


def _place(one: Holder, asking: Asking) -> str:
    return f"{asking.units.name(one.unit_id)} {asking.word(one.post)}"
