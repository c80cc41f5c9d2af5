"""For whom a command acts, and on which ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.cli.command import Refused

if TYPE_CHECKING:
    from taizhang.core.actor import Actor
    from taizhang.ledger.ledgers import OpenLedger


def ledger_named(key: str) -> OpenLedger:
    """The open ledger of this key. Raises Refused with those there are."""
    from taizhang.ledger import ledgers
    from taizhang.org.sites import the_site

    site = the_site()
    found = ledgers.by_key(site, key)
    if found is not None:
        return found
    known = "、".join(ledger.key for ledger in ledgers.all_ledgers(site))
    if not known:
        raise Refused(
            "还没有开设台账。先运行：taizhang ledger open 方案",
            "No ledger is open yet. First run: taizhang ledger open PLAYBOOK",
        )
    raise Refused(
        f"没有代号为“{key}”的台账；有：{known}。", f"There is no ledger “{key}”; there are: {known}."
    )


def actor_for(username: str | None) -> Actor:
    """The operator, who types; acting for the person of this user name where one is given."""
    from taizhang.ledger.asking import asking_of
    from taizhang.org.agents import operator
    from taizhang.org.models import Person

    typing = asking_of(operator())
    if username is None:
        return typing.actor
    person = Person.objects.filter(username=username).values_list("id", flat=True).first()
    if person is None:
        raise Refused(f"没有用户名为“{username}”的人员。", f"Nobody has the user name “{username}”.")
    return typing.acting_for(person)
