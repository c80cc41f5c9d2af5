"""The first page of a new site: its name and the first administrator, for whoever holds the one-time code."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.wording import is_storable
from taizhang.desk.asking import spoken
from taizhang.desk.passwords import password_problem
from taizhang.org import first_account
from taizhang.org.models import Person, Site
from taizhang.org.refusals import NoSuchZone, OrgRefused, UserNameTaken, UserNameUnfit

TYPED = ("code", "site", "name", "username", "timezone")
"""What is shown again after a refusal; a password is not."""
AT = {NoSuchZone: "timezone", UserNameUnfit: "username", UserNameTaken: "username"}
"""The input a refusal is about; what is not here is said above the form."""


def show(request: HttpRequest) -> HttpResponse:
    has_site = Site.objects.exists()
    if has_site and not first_account.is_waited_for():
        return redirect("todo")
    if request.method != "POST":
        return _form(
            request, {"code": request.GET.get("code", ""), "timezone": "Asia/Shanghai"}, {}, has_site
        )
    typed = {name: request.POST.get(name, "").strip() for name in TYPED}
    password = request.POST.get("password", "")
    problems = _problems(typed, password, request.POST.get("again", ""), has_site)
    if not problems:
        try:
            return _signed_in(request, typed, password)
        except OrgRefused as refused:
            problems = {AT.get(type(refused), "all"): refused.message.text(spoken())}
    return _form(request, typed, problems, has_site, 422)


def _problems(typed: Mapping[str, str], password: str, again: str, has_site: bool) -> dict[str, str]:
    """Input → what is wrong with it. Of a site that is not yet theirs strangers learn nothing but about the code."""
    if not first_account.is_the_code(typed["code"]):
        words = _("设置码不对，或已经用过。它在启动 taizhang serve 的终端或日志里；重新启动会给出新的。")
        return {"code": words}
    needed = ("name", "username") if has_site else ("site", "name", "username")
    found = {name: _("请填写") for name in needed if not typed[name]}
    found |= {name: _("含有不能保存的字符") for name in needed if not is_storable(typed[name])}
    person = Person(username=typed["username"], name=typed["name"])
    if problem := password_problem(password, person):
        found["password"] = problem
    if password != again:
        found["again"] = _("两次输入的密码不一样")
    return found


def _signed_in(request: HttpRequest, typed: Mapping[str, str], password: str) -> HttpResponse:
    person = first_account.set_up(
        typed["site"],
        username=typed["username"],
        name=typed["name"],
        password=password,
        timezone=typed["timezone"] or "Asia/Shanghai",
        language="en" if spoken() == "en" else "zh-Hans",
    )
    login(request, person)
    return redirect("todo")


def _form(
    request: HttpRequest,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    has_site: bool,
    status: int = 200,
) -> HttpResponse:
    given = {"typed": typed, "problems": problems, "has_site": has_site}
    return render(request, "desk/setup.html", given, status=status)
