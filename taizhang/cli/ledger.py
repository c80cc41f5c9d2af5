"""`taizhang ledger`: opens ledgers on playbooks, and lists them with what stands in them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from taizhang.cli.columns import table
from taizhang.cli.command import DONE, Command, Refused, no_arguments
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.playbook import proved_key
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from datetime import date

    from taizhang.ledger.ledgers import OpenLedger
    from taizhang.org.models import Site


def _configure_open(parser: ArgumentParser) -> None:
    parser.add_argument("playbook", metavar="PLAYBOOK|DIR", help=_("自带方案的代号，或方案文件夹"))
    parser.add_argument("--key", metavar="KEY", help=_("台账代号（默认用方案代号）"))
    parser.add_argument("--name", type=text, metavar="NAME", default="", help=_("台账名称（默认用方案名称）"))
    parser.add_argument("--unit", type=text, metavar="UNIT", help=_("建账单位的名称或代码（默认根单位）"))


def _open(args: Namespace, say: Say) -> int:
    from taizhang.core.playbook_check import proven
    from taizhang.ledger import ledgers
    from taizhang.org.agents import operator
    from taizhang.org.sites import now, the_site
    from taizhang.playbooks import texts_of

    texts = texts_of(args.playbook)
    playbook = proven(texts)
    key = proved_key(args.key or playbook.key)
    site = the_site()
    try:
        ledger = ledgers.open_ledger(
            site,
            texts,
            key=key,
            name=args.name.strip(),
            unit_id=_unit(args.unit),
            opened_by=operator(),
            now=now(site),
        )
    except ledgers.LedgerKeyTaken:
        raise Refused(
            f"台账“{key}”已经开设。要另开一本，请用 --key 给它另一个代号。",
            f"The ledger “{key}” is open already. To open another one, give it its own --key.",
        ) from None
    if say.as_json:
        say.json({"ledger": _facts(ledger)})
    say.line(_("已开设台账 {key}：{name}").format(key=ledger.key, name=ledger.name))
    return DONE


def _unit(given: str | None) -> int:
    """The unit that keeps the ledger: by its name or code, else the root."""
    from taizhang.org.matching import UnitNames
    from taizhang.org.models import Unit

    if given is None:
        return int(Unit.objects.filter(parent_id=None).order_by("id").values_list("id", flat=True)[0])
    names = UnitNames.load()
    found = names.find(given)
    if found is None:
        found = Unit.objects.filter(id__in=names.units, code=given).values_list("id", flat=True).first()
    if found is None:
        near = names.nearest(given)
        raise Refused(
            f"没有“{given}”这个单位。" + (f"相近的有：{'、'.join(near)}。" if near else ""),
            f"There is no unit “{given}”." + (f" Near to it: {', '.join(near)}." if near else ""),
        )
    return found


def _facts(ledger: OpenLedger) -> dict[str, Any]:
    from taizhang.ledger.ledgers import playbook
    from taizhang.org.models import Unit

    pinned = playbook(ledger.playbook_sha)
    return {
        "key": ledger.key,
        "name": ledger.name,
        "unit": Unit.objects.values_list("name", flat=True).get(id=ledger.unit_id),
        "playbook": pinned.key,
        "version": pinned.version,
        "playbook_sha": ledger.playbook_sha,
    }


def _list(_args: Namespace, say: Say) -> int:
    from taizhang.ledger.ledgers import all_ledgers
    from taizhang.org.sites import the_site, today

    site = the_site()
    found = [{**_facts(ledger), **_counts(site, ledger, today(site), say)} for ledger in all_ledgers(site)]
    if say.as_json:
        say.json({"ledgers": found})
    if not found:
        say.line(_("还没有台账。开设一本：taizhang ledger open {key}").format(key="problems"))
        return DONE
    headings = (_("代号"), _("名称"), _("方案"), _("单位"), _("总数"), _("在办"), _("各环节"))
    rows = [_row(ledger) for ledger in found]
    for line in table([headings, *rows]):
        say.line(line)
    return DONE


def _counts(site: Site, ledger: OpenLedger, day: date, say: Say) -> dict[str, Any]:
    """What stands in the ledger today, from its cells."""
    from taizhang.core.playbook import CLAIMED_STAGE
    from taizhang.ledger.cells import standing
    from taizhang.ledger.ledgers import playbook

    pinned = playbook(ledger.playbook_sha)
    # Cells also count the open ledger as a whole, under no stage's key.
    counts = dict.fromkeys([*pinned.stage_of, CLAIMED_STAGE], 0)
    for cell in standing(site.id, ledger.ledger_id, day):
        if cell.stage in counts:
            counts[cell.stage] += cell.n
    return {
        "entries": sum(counts.values()),
        "open": sum(n for stage, n in counts.items() if pinned.is_open(stage)),
        "stages": [
            {"stage": stage, "label": say.text(pinned.stage_label(stage)), "entries": n}
            for stage, n in counts.items()
            if n
        ],
    }


def _row(facts: dict[str, Any]) -> tuple[object, ...]:
    stages = "  ".join(f"{stage['label']} {stage['entries']}" for stage in facts["stages"])
    return (
        facts["key"],
        facts["name"],
        f"{facts['playbook']} {facts['version']}",
        facts["unit"],
        facts["entries"],
        facts["open"],
        stages,
    )


COMMANDS = (
    Command("ledger open", "按方案开设一本台账", _configure_open, _open),
    Command("ledger list", "列出台账及其数量", no_arguments, _list),
)
