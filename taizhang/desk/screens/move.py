"""Making a move on an entry. What is refused comes back on the entry's page with everything typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.values import SealedRef
from taizhang.desk.asking import Asking, screen
from taizhang.desk.behalf import actor_for
from taizhang.desk.columns import text_of
from taizhang.desk.inputs import ACTED_BY, FIELD
from taizhang.desk.offers import Offer, offers_of, shown_again
from taizhang.desk.posted import Posted, command_of
from taizhang.desk.screens.entry import page
from taizhang.desk.sight import Sight, sight_of
from taizhang.ledger import queries
from taizhang.ledger.attaching import Attachment, attach
from taizhang.ledger.handle import handle
from taizhang.ledger.outcome import Result


@screen
def make(asking: Asking, entry_id: UUID, verb: str) -> HttpResponse:
    if asking.request.method != "POST":
        return redirect("entry", entry_id)
    sight = sight_of(asking, entry_id)
    posted = Posted(asking)
    actor = actor_for(posted)
    command = command_of(verb, sight.entry, posted, sight.playbook)
    if command is None:
        raise Http404
    if posted.problems:
        return _again(sight, verb, posted, "", 422)
    key = posted.text("key") or None
    if isinstance(command, c.AttachEvidence):
        result = _attached(command, posted, actor, key)
    else:
        result = handle([command], actor, key=key, units=asking.units)
    refusal = result.outcomes[0].refusal
    if refusal is not None:
        return _refused(sight_of(asking, entry_id), verb, posted, refusal)
    return _done(asking, entry_id, verb, sight)


def _attached(command: c.AttachEvidence, posted: Posted, actor: Actor, key: str | None) -> Result:
    file = posted.file("file")
    assert file is not None, "`command_of` asks for one"
    sent = Attachment(
        entry_id=command.entry_id,
        expected_version=command.expected_version or 0,
        file=file,
        name=file.name or "",
        purpose=command.evidence.purpose,
        for_units=command.evidence.for_units,
        occurred_on=command.occurred_on,
        source=command.source,
    )
    return attach(sent, actor, key=key)


def _done(asking: Asking, entry_id: UUID, verb: str, sight: Sight) -> HttpResponse:
    label = _label(sight, verb)
    messages.success(asking.request, _("已办理：{move}").format(move=label), extra_tags=asking.request.path)
    if queries.by_id(asking.site.id, asking.scope, entry_id) is None:
        # Given away to a unit outside of one's scope: its page is no longer there to go back to.
        return redirect("todo")
    return redirect("entry", entry_id)


def _label(sight: Sight, verb: str) -> str:
    move = sight.playbook.move(verb, sight.entry.stage)
    return sight.asking.word(move.label) if move is not None else _("取消标记")


def _refused(sight: Sight, verb: str, posted: Posted, refusal: r.Refusal) -> HttpResponse:
    words = sight.asking.word(refusal.message)
    match refusal:
        case r.NoSuchEntry() if posted.text(ACTED_BY):
            # `sight` shows that who types can see it.
            posted.problems[ACTED_BY] = _("这一条不在此人的范围内")
            return _again(sight, verb, posted, "", 422)
        case r.NoSuchEntry():
            raise Http404
        case r.StaleVersion():
            return _again(sight, verb, posted, words, 409, _conflict(sight, words, posted))
        case (
            r.NotYourDuty()
            | r.MayNotTypeForOthers()
            | r.VerifierIsDoer()
            | r.VerifierOfDoersUnit()
            | r.NoUnit()
        ):
            return _again(sight, verb, posted, words, 403)
        case _:
            return _again(sight, verb, posted, words, 422)


def _again(
    sight: Sight, verb: str, posted: Posted, words: str, status: int, conflict: dict[str, Any] | None = None
) -> HttpResponse:
    typed: Mapping[str, str] = {name: str(posted.request.POST[name]) for name in posted.request.POST}
    problem = words or _("请改正标出的地方")

    def again(offer: Offer) -> Offer:
        return shown_again(offer, typed, posted.problems, problem) if offer.verb == verb else offer

    offers = [again(offer) for offer in offers_of(sight)]
    lost = [typed[name] for name in ("text", "reason", "by", "note") if typed.get(name)]
    kept = next((offer for offer in offers if offer.verb == verb and offer.has_form), None)
    if kept is None:
        # The move is gone from the page, the words are not.
        problem = "\n".join([problem, *lost])
    if conflict is not None:
        conflict["is_kept"] = kept is not None
    return page(sight, offers=offers, conflict=conflict, problem=problem, status=status)


def _conflict(sight: Sight, words: str, posted: Posted) -> dict[str, Any]:
    """What was typed beside what the ledger holds now, where the two differ."""
    asking, entry = sight.asking, sight.entry
    pairs = [
        (
            _("牵头单位"),
            "lead_unit",
            asking.units.name(entry.lead_unit) if entry.lead_unit is not None else "",
        ),
        (_("到期日"), "due_on", entry.due_on.isoformat() if entry.due_on is not None else ""),
    ]
    for item in sight.playbook.fields:
        value = entry.fields.get(item.key)
        if not isinstance(value, SealedRef):
            pairs.append((asking.word(item.label), f"{FIELD}{item.key}", text_of(item, value, asking)))
    rows = [
        {"label": label, "typed": posted.text(name), "now": now}
        for label, name, now in pairs
        if name in posted.request.POST and posted.text(name) != now
    ]
    stage = asking.word(sight.playbook.stage_label(entry.stage))
    return {"words": words, "rows": rows, "stage": stage}
