"""How to look further: the accounts of a demo and what each is for."""

from __future__ import annotations

from taizhang.core.wording import Label, Language
from taizhang.demo.prefecture import Account
from taizhang.demo.scene import scene_of
from taizhang.org.models import Person, Post, Tenure
from taizhang.org.sites import the_site


def accounts() -> tuple[Account, ...]:
    """The demo's accounts as they stand in the database, in the order of the scene; the operator holds no post."""
    about = scene_of(the_site()).abouts
    people = {person.username: person for person in Person.objects.filter(username__in=about)}
    tenures = Tenure.objects.filter(person__username__in=about).select_related("person", "post__unit")
    held = {tenure.person.username: tenure.post for tenure in tenures}
    return tuple(
        _account(people[username], held.get(username), about[username])
        for username in about
        if username in people
    )


def _account(person: Person, post: Post | None, about: Label) -> Account:
    unit, name = (post.unit.name, post.name) if post is not None else ("", "")
    return Account(person.username, person.name, unit, name, about)


def guide(language: Language = "zh") -> list[str]:
    """Lines that say which accounts there are, the way an entry takes through them, and what to try."""
    rows = [
        f"  {account.username:<10} {account.name}  {account.unit} {account.post}".rstrip()
        + f"\n             {account.about.text(language)}"
        for account in accounts()
    ]
    password = scene_of(the_site()).password
    head = Label(
        f"账号（登录密码都是 {password}）：",
        f"Accounts (all sign in with {password}):",
    )
    tries = Label(
        "看某人看得到的：taizhang brief --ledger KEY --as 用户名；看过去的一天：加 --as-of 2026-01-31",
        "What somebody sees: taizhang brief --ledger KEY --as USERNAME; a past day: add --as-of 2026-01-31",
    )
    return [head.text(language), *rows, tries.text(language)]
