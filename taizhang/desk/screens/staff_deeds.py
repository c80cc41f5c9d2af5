"""New posts; and what ends in slips: a new account, and new one-time passwords. A slip is shown once, for the
clear text is stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taizhang.core.actor import DUTIES
from taizhang.desk import staffing as words
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot
from taizhang.desk.inputs import Input
from taizhang.desk.picking import unit_options
from taizhang.desk.posted import Posted
from taizhang.desk.screens.staff_person import REFUSED, post_inputs
from taizhang.org.models import Unit
from taizhang.org.one_time import Slip
from taizhang.org.refusals import NotYourself, OrgRefused, PersonOutOfReach
from taizhang.org.staffing import RESERVED, Term


@screen
def new(asking: Asking) -> HttpResponse:
    """A person in a post of a unit within reach."""
    staffing, posted = words.staffing_of(asking), Posted(asking)
    if asking.request.method != "POST":
        return _form(asking, posted, "")
    post = words.post_typed(posted, staffing, "post")
    term = Term(posted.day("from_on"), posted.day("last_on"))
    if post is None or posted.problems:
        return _form(asking, posted, _("请改正标出的地方"))
    name, username, number = (posted.text(what) for what in ("name", "username", "staff_number"))
    try:
        slip = staffing.make(name, username, number, post, term)
    except OrgRefused as refused:
        return _form(asking, posted, asking.word(refused.message))
    return _slips(asking, [slip])


def _form(asking: Asking, posted: Posted, problem: str) -> HttpResponse:
    inputs = _typed(_inputs(asking), posted)
    if wanted := asking.request.GET.get("post", ""):
        inputs = [replace(one, value=one.value or wanted) if one.name == "post" else one for one in inputs]
    shown = {"inputs": inputs, "problem": problem}
    return render(asking.request, "desk/staff_new.html", shown, status=REFUSED if problem else 200)


def _inputs(asking: Asking) -> list[Input]:
    return [
        Input("name", _("姓名"), required=True),
        Input("username", _("用户名"), hint=_("登录用；不填则用工号登录")),
        Input("staff_number", _("工号"), hint=_("没有可不填；也可以用来登录")),
        *post_inputs(asking),
    ]


@screen
def new_post(asking: Asking) -> HttpResponse:
    """A post in a unit within reach, to put people in."""
    staffing, posted = words.staffing_of(asking), Posted(asking)
    duties = [duty for duty in DUTIES if duty in asking.request.POST.getlist("duty")]
    if asking.request.method != "POST":
        return _post_form(asking, posted, duties, "")
    unit_id = posted.unit("unit")
    if unit_id is None or posted.problems:
        posted.problems.setdefault("unit", _("请填写"))
        return _post_form(asking, posted, duties, _("请改正标出的地方"))
    unit, name, name_en = Unit.objects.get(id=unit_id), posted.text("name"), posted.text("name_en")
    try:
        post = staffing.set_up_post(unit, name, name_en, duties)
    except OrgRefused as refused:
        return _post_form(asking, posted, duties, asking.word(refused.message))
    messages.success(asking.request, _("已设岗位：{unit} {post}").format(unit=unit.name, post=post.name))
    return redirect(f"{reverse('staff-new')}?{urlencode({'post': f'{unit.name} {post.name}'})}")


def _post_form(asking: Asking, posted: Posted, duties: Sequence[str], problem: str) -> HttpResponse:
    inputs = [
        Input("unit", _("单位"), "unit", required=True),
        Input("name", _("岗位名称"), required=True, hint=_("如：承办岗")),
        Input("name_en", _("英文名称"), hint=_("英文页面上用，可不填")),
    ]
    given = RESERVED if asking.agent.unit_id is not None else frozenset()
    shown = {
        "inputs": _typed(inputs, posted),
        "duties": [
            (duty, names[asking.language == "en"], duty in duties)
            for duty, names in DUTIES.items()
            if duty not in given
        ],
        "units": unit_options(asking),
        "problem": problem,
    }
    return render(asking.request, "desk/staff_post.html", shown, status=REFUSED if problem else 200)


def _typed(inputs: list[Input], posted: Posted) -> list[Input]:
    """The inputs as they were sent."""
    if posted.request.method != "POST":
        return inputs
    return [
        replace(one, value=posted.text(one.name), problem=posted.problems.get(one.name, "")) for one in inputs
    ]


@require_POST
@screen
def slips(asking: Asking) -> HttpResponse:
    """New one-time passwords for those ticked, or for the one whose page it was."""
    staffing = words.staffing_of(asking)
    given = asking.request.POST.getlist("person")
    people = [int(one) for one in given if one.isdecimal() and one.isascii() and len(one) < 16]
    try:
        made = staffing.reset(people) if len(people) == len(given) else []
    except (PersonOutOfReach, NotYourself) as refused:
        raise MayNot(asking.word(refused.message)) from refused
    return _slips(asking, made)


def _slips(asking: Asking, made: Sequence[Slip]) -> HttpResponse:
    given: dict[str, Any] = {
        "slips": [
            {"slip": slip, "until": f"{slip.until.astimezone(asking.site.zone):%Y-%m-%d %H:%M}"}
            for slip in made
        ],
        "address": asking.request.build_absolute_uri("/"),
    }
    return render(asking.request, "desk/slips.html", given)
