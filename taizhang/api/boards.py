"""Boards (看板): units by stages as of a day, within what the caller may see."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from taizhang.api.answers import Named, Shape, Words, answer, named_unit
from taizhang.api.caller import caller
from taizhang.api.inputs import Key, refuse, refuse_unknown
from taizhang.api.ledgers import ledger_named
from taizhang.api.problems import troubles
from taizhang.core.wording import Label
from taizhang.ledger import figures
from taizhang.ledger.asking import Asking
from taizhang.ledger.boards import by_unit
from taizhang.ledger.ledgers import OpenLedger

router = Router(tags=["ledgers"])

_NOT_YET = Label("这一天还没有到", "that day has not come yet")


class BoardStage(Shape):
    key: str
    label: Words


class BoardRow(Shape):
    """How many entries of a lead unit stand in each stage; `unit` is null for what nobody answers for yet.

    Of today, the list filtered by this unit (0 for null) and stage has as many rows.
    """

    unit: Named | None
    counts: dict[str, int]
    total: int


class Board(Shape):
    """As of the end of `as_of`, as known now; `scope`: whose entries are counted, in words."""

    as_of: date
    scope: Words
    stages: list[BoardStage]
    rows: list[BoardRow]
    total: int


@router.get("/ledgers/{key}/board", response={200: Board, **troubles(404)}, url_name="board")
def board(request: HttpRequest, key: Key, as_of: Annotated[date | None, Query()] = None) -> HttpResponse:
    """How many entries stand where, today or at the end of an earlier day."""
    refuse_unknown(request, ("as_of",))
    asking = caller(request)
    ledger = ledger_named(key, asking)
    day = as_of or asking.today
    if day > asking.today:
        raise refuse("query.as_of", "in_the_future", _NOT_YET)
    return answer(_board(ledger, asking, day))


def _board(ledger: OpenLedger, asking: Asking, day: date) -> Board:
    view = figures.view_of(ledger, asking.scope, day)
    rows = [_row(unit, stages, asking) for unit, stages in sorted(by_unit(figures.standing(view)).items())]
    return Board(
        as_of=day,
        scope=Words.of(asking.scope_in_words),
        stages=[
            BoardStage(key=stage, label=Words.of(view.playbook.stage_label(stage))) for stage in view.stages
        ],
        rows=rows,
        total=sum(row.total for row in rows),
    )


def _row(unit: int, stages: Counter[str], asking: Asking) -> BoardRow:
    kept = {stage: n for stage, n in stages.items() if n}
    return BoardRow(unit=named_unit(unit or None, asking.units), counts=kept, total=sum(kept.values()))
