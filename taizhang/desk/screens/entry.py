"""One entry: its facts, the moves, the files, and on the right everything that happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from taizhang.core.values import SealedRef
from taizhang.desk.asking import Asking, listed, screen
from taizhang.desk.columns import flag_word, text_of
from taizhang.desk.files import files_of
from taizhang.desk.happened import time_line
from taizhang.desk.lights import light
from taizhang.desk.offers import Offer, offers_of
from taizhang.desk.picking import unit_options
from taizhang.desk.sight import Sight, sight_of
from taizhang.desk.stages import strip_of


@screen
def show(asking: Asking, entry_id: UUID) -> HttpResponse:
    return page(sight_of(asking, entry_id))


def page(
    sight: Sight,
    *,
    offers: Sequence[Offer] | None = None,
    conflict: dict[str, Any] | None = None,
    opened: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, also after a move that was refused (`offers` with what was typed, `conflict`)."""
    asking, entry, playbook = sight.asking, sight.entry, sight.playbook
    every = offers_of(sight) if offers is None else offers
    line = time_line(sight)
    given = {
        "entry": entry,
        "ledger": sight.ledger,
        "title": sight.title,
        "stages": strip_of(sight),
        "light": light(entry.due_on, asking.today, is_open=playbook.is_open(entry.stage)),
        "flags": [(flag_word(flag, asking), day.isoformat()) for flag, day in entry.flags.items()],
        "facts": _facts(sight, opened or {}),
        "parts": [{"id": part.entry_id, "number": part.number} for part in sight.parts.values()],
        "files": files_of(line),
        "possible": [offer for offer in every if not offer.why],
        "for_another": [offer for offer in every if offer.for_another],
        "impossible": [offer for offer in every if not offer.has_form],
        "happened": line,
        "units": unit_options(asking),
        "conflict": conflict,
        "problem": problem,
        "may_unseal": "unseal" in asking.agent.duties,
    }
    return render(asking.request, "desk/entry.html", given, status=status)


def _facts(sight: Sight, opened: dict[str, str]) -> list[dict[str, Any]]:
    """Label and text of everything known; of sealed values that there is one, and the way to open it."""
    entry, asking = sight.entry, sight.asking
    found = [{"label": label, "text": text} for label, text in _own_facts(sight) if text]
    for item in sight.playbook.fields:
        value = entry.fields.get(item.key)
        if value is None or item.stands_for in ("lead_unit", "assisting_units"):
            continue
        fact: dict[str, Any] = {"label": asking.word(item.label), "text": text_of(item, value, asking)}
        if isinstance(value, SealedRef):
            fact |= {"sealed": item.key, "opened": opened.get(item.key)}
        found.append(fact)
    return found


def _post(sight: Sight, post_id: int | None) -> str:
    post = sight.answering.get(post_id or 0)
    return (
        f"{sight.asking.units.name(post.unit_id)} {sight.asking.word(post.label)}" if post is not None else ""
    )


def _own_facts(sight: Sight) -> list[tuple[str, str]]:
    entry, units = sight.entry, sight.asking.units
    lead = units.name(entry.lead_unit) if entry.lead_unit is not None else _("尚无")
    registering = units.name(entry.registering_unit) if entry.registering_unit is not None else ""
    return [
        (_("牵头单位"), lead),
        (_("协办单位"), listed(map(units.name, entry.assisting_units))),
        (_("责任人"), _post(sight, entry.responsible_post)),
        (_("分管领导"), _post(sight, entry.overseeing_post)),
        (_("到期日"), entry.due_on.isoformat() if entry.due_on is not None else ""),
        (_("登记情况"), f"{entry.registered_on.isoformat()} {registering}".strip()),
        (_("返工次数"), str(entry.rework_count) if entry.rework_count else ""),
        (_("原表自称"), entry.closure_claimed),
    ]
