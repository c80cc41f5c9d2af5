"""How to look further: the accounts of a demo and what each is for."""

from __future__ import annotations

from taizhang.core.wording import Label, Language
from taizhang.demo.prefecture import Account
from taizhang.demo.scene import scene_of
from taizhang.org.models import Person, Tenure
from taizhang.org.sites import the_site

_OPERATOR = Label(
    "操作员：建单位、账号、台账，导入；不属于任何单位，不能核查和销号",
    "Operator: units, accounts, ledgers, import; belongs to no unit, can never verify or strike off",
)


def accounts() -> tuple[Account, ...]:
    """The demo's accounts as they stand in the database, along the way of an entry; the operator last."""
    about = scene_of(the_site()).abouts
    tenures = Tenure.objects.filter(person__username__in=about).select_related("person", "post__unit")
    found = {tenure.person.username: tenure for tenure in tenures}
    held = [_held(found[username], about[username]) for username in about if username in found]
    operators = Person.objects.filter(is_operator=True).order_by("id")
    return (*held, *(Account(each.username, each.name, "", "", _OPERATOR) for each in operators))


def _held(tenure: Tenure, about: Label) -> Account:
    person, post = tenure.person, tenure.post
    return Account(person.username, person.name, post.unit.name, post.name, about)


def guide(language: Language = "zh") -> list[str]:
    """Lines that say which accounts there are, the way an entry takes through them, and what to try."""
    rows = [
        f"  {account.username:<10} {account.name}  {account.unit} {account.post}".rstrip()
        + f"\n             {account.about.text(language)}"
        for account in accounts()
    ]
    password = scene_of(the_site()).password
    head = Label(
        f"账号（登录密码都是 {password}；操作员除外）：",
        f"Accounts (all sign in with {password}, except the operator):",
    )
    tries = Label(
        "看某人看得到的：taizhang brief --ledger KEY --as 用户名；看过去的一天：加 --as-of 2026-01-31",
        "What somebody sees: taizhang brief --ledger KEY --as USERNAME; a past day: add --as-of 2026-01-31",
    )
    return [head.text(language), *rows, tries.text(language)]
