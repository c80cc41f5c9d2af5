"""Ledgers: what may be asked of each, so that a program needs no hand-written knowledge of a playbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from taizhang.api.answers import Named, Shape, Words, answer, named_unit
from taizhang.api.caller import caller
from taizhang.api.inputs import refuse_unknown
from taizhang.api.problems import Problem, troubles
from taizhang.core import refusals as r
from taizhang.core.playbook import Field, Move, Playbook
from taizhang.ledger import ledgers
from taizhang.ledger.asking import Asking
from taizhang.ledger.ledgers import OpenLedger

router = Router(tags=["ledgers"])


class ShownField(Shape):
    key: str
    label: Words
    kind: str
    choices: list[str]
    categories: list[str]
    unit: str
    required: bool
    sealed: bool
    stands_for: str | None


class ShownStage(Shape):
    key: str
    label: Words
    kind: str


class ShownMove(Shape):
    verb: str
    label: Words
    from_stages: list[str]
    to: str | None
    who: list[Words]
    needs: list[str]


class ShownLedger(Shape):
    """One ledger with the playbook new entries are opened on; older entries keep the one they began under."""

    key: str
    name: str
    unit: Named | None
    playbook: str
    version: str
    fields: list[ShownField]
    stages: list[ShownStage]
    moves: list[ShownMove]


class Ledgers(Shape):
    ledgers: list[ShownLedger]


@router.get("/ledgers", response={200: Ledgers, **troubles()}, url_name="ledgers")
def ledgers_of_the_site(request: HttpRequest) -> HttpResponse:
    """Every ledger of the site with its fields, stages and moves."""
    refuse_unknown(request, ())
    asking = caller(request)
    return answer(Ledgers(ledgers=[_shown(each, asking) for each in ledgers.all_ledgers(asking.site)]))


def ledger_named(key: str, asking: Asking) -> OpenLedger:
    """The ledger of this key. Raises Problem."""
    found = ledgers.by_key(asking.site, key)
    if found is None:
        raise Problem.of(r.LedgerUnknown())
    return found


def _shown(ledger: OpenLedger, asking: Asking) -> ShownLedger:
    playbook = ledgers.playbook(ledger.playbook_sha)
    return ShownLedger(
        key=ledger.key,
        name=ledger.name,
        unit=named_unit(ledger.unit_id, asking.units),
        playbook=playbook.key,
        version=playbook.version,
        fields=[_field(item) for item in playbook.fields],
        stages=[ShownStage(key=s.key, label=Words.of(s.label), kind=s.kind) for s in playbook.stages],
        moves=[_move(item, playbook) for item in playbook.moves],
    )


def _field(item: Field) -> ShownField:
    return ShownField(
        key=item.key,
        label=Words.of(item.label),
        kind=item.kind,
        choices=list(item.choices),
        categories=list(item.categories),
        unit=item.unit,
        required=item.required,
        sealed=item.is_sealed,
        stands_for=item.stands_for,
    )


def _move(item: Move, playbook: Playbook) -> ShownMove:
    return ShownMove(
        verb=item.verb,
        label=Words.of(item.label),
        from_stages=sorted(item.from_stages),
        to=item.to,
        who=[Words.of(playbook.role_of[role].label) for role in item.who],
        needs=sorted(item.needs),
    )
