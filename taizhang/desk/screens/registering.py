"""登记: a new entry by hand, by the playbook's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.core.refusals import NotYourDuty
from taizhang.desk.asking import Asking, screen
from taizhang.desk.behalf import actor_for
from taizhang.desk.faults import MayNot
from taizhang.desk.finding import ledger_of
from taizhang.desk.inputs import Input, envelope_inputs, field_input
from taizhang.desk.picking import unit_options
from taizhang.desk.posted import Posted, registration_of
from taizhang.ledger import queries
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.ledgers import OpenLedger


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    ledger, playbook = ledger_of(asking, key)
    check_duty(asking, playbook)
    if asking.request.method == "POST":
        return _register(asking, ledger, playbook)
    return _form(asking, ledger, playbook, {}, {}, "", 200)


def may_register(asking: Asking, playbook: Playbook) -> bool:
    return bool({playbook.role_of[key].duty for key in playbook.register_move.who} & asking.agent.duties)


def check_duty(asking: Asking, playbook: Playbook) -> None:
    """Raises MayNot, with the roles that may register, for everybody else."""
    if not may_register(asking, playbook):
        words = playbook.role_words(playbook.register_move.who)
        raise MayNot(asking.word(NotYourDuty(words).message))


def _register(asking: Asking, ledger: OpenLedger, playbook: Playbook) -> HttpResponse:
    posted = Posted(asking)
    typed = {name: str(posted.request.POST[name]) for name in posted.request.POST}
    actor = actor_for(posted)
    command = registration_of(posted, ledger.ledger_id, playbook, _entry_id(posted))
    if posted.problems:
        return _form(asking, ledger, playbook, typed, posted.problems, _("请改正标出的地方"), 422)
    key = posted.text("key") or None
    outcome = handle([command], actor, key=key, units=asking.units).outcomes[0]
    if outcome.refusal is not None:
        words = asking.word(outcome.refusal.message)
        return _form(asking, ledger, playbook, typed, {}, words, 422)
    done = _("已登记：{number}").format(number=outcome.number)
    messages.success(asking.request, done, extra_tags=asking.request.path)
    seen = queries.by_id(asking.site.id, asking.scope, outcome.entry_id) is not None
    return redirect("entry", outcome.entry_id) if seen else redirect("ledger", ledger.key)


def _entry_id(posted: Posted) -> UUID:
    """Made with the form, so that sending it twice registers once."""
    try:
        return UUID(posted.text("entry_id"))
    except ValueError:
        return new_id()


def _form(
    asking: Asking,
    ledger: OpenLedger,
    playbook: Playbook,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    problem: str,
    status: int,
) -> HttpResponse:
    def again(one: Input) -> Input:
        return replace(one, value=typed.get(one.name, one.value), problem=problems.get(one.name, ""))

    inputs = [field_input(item, None, asking) for item in playbook.fields if item.kind != "file"]
    envelope = [again(one) for one in envelope_inputs(asking)]
    given = {
        "ledger": ledger,
        "inputs": [again(one) for one in inputs],
        "envelope": envelope,
        "has_envelope": any(one.value or one.problem for one in envelope),
        "entry_id": typed.get("entry_id") or new_id(),
        "key": new_id(),
        "problem": problem,
        "units": unit_options(asking),
    }
    return render(asking.request, "desk/register.html", given, status=status)
