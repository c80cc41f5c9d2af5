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
    from taizhang.core.actor import Actor
    from taizhang.org.agents import actor_of, agent_of
    from taizhang.org.models import Person
    from taizhang.org.sites import the_site, today

    day = today(the_site())
    operator = Person.objects.filter(is_operator=True).order_by("id").values_list("id", flat=True)[0]
    typing = agent_of(operator, on=day)
    if username is None:
        return Actor.alone(typing)
    person = Person.objects.filter(username=username).values_list("id", flat=True).first()
    if person is None:
        raise Refused(f"没有用户名为“{username}”的人员。", f"Nobody has the user name “{username}”.")
    return Actor.alone(typing) if person == operator else actor_of(agent_of(person, on=day), typing)
