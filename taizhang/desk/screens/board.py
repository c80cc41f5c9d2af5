"""看板: units × stages, each number opening exactly its rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from taizhang.desk.asking import Asking, screen
from taizhang.desk.board_lines import Lines, rows
from taizhang.desk.chart import stages_of
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.ledger import boards, figures, ledgers
from taizhang.ledger.boards import Counted


@screen
def index(asking: Asking) -> HttpResponse:
    every = ledgers.all_ledgers(asking.site)
    if len(every) == 1:
        return redirect("board", every[0].key)
    shown = [{"key": ledger.key, "name": ledger.name} for ledger in every]
    return render(
        asking.request,
        "desk/ledgers.html",
        {"ledgers": shown, "scope": scope_words(asking), "target": "board"},
    )


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    ledger, playbook = ledger_of(asking, key)
    view = figures.view_of(ledger, asking.scope, asking.today)
    top = _top(asking)
    counted = boards.by_unit(figures.counted_for_all(view))
    every = tuple(_lines(asking, counted, top))
    lines = Lines(asking, view, every, boards.together(every, counted), top)
    shown, totals = lines.shown(), lines.totals()
    address = reverse("ledger", args=[ledger.key])
    legend = stages_of(asking.word(playbook.stage_label(stage)) for stage in view.open_stages)
    given = {
        "ledger": ledger,
        "stages": [asking.word(playbook.stage_label(stage)) for stage in lines.stages],
        "lines": shown,
        "totals": totals,
        "rows": rows(shown, address),
        "total_row": rows([totals], address),
        "tiles": lines.tiles(),
        "chart": lines.with_bars(shown, legend),
        "legend": legend,
        "total": totals.total.n,
        "at": f"{asking.now:%Y-%m-%d %H:%M}",
        "top": asking.units.name(top) if top is not None else "",
        "above": _above(asking, top),
        "scope": scope_words(asking),
    }
    return render(asking.request, "desk/board.html", given)


def _top(asking: Asking) -> int | None:
    """The unit whose parts are the lines: the one asked for within scope, else where the scope begins."""
    given = asking.request.GET.get("unit", "")
    covered = asking.scope.unit_ids
    if (
        given.isdecimal()
        and len(given) < 16
        and int(given) in asking.units.spans
        and (covered is None or int(given) in covered)
    ):
        return int(given)
    return min(asking.agent.scope, default=None)


def _above(asking: Asking, top: int | None) -> str:
    """The way back up, as far as the scope reaches."""
    if top is None or top in asking.agent.scope:
        return ""
    parent = asking.units.spans[top].parent_id
    return f"?unit={parent}" if parent is not None else "?"


def _lines(asking: Asking, counted: Counted, top: int | None) -> Iterator[boards.Line]:
    if top is None:
        return
    yield from boards.below(top, counted, asking.units, asking.today)
    if top in asking.agent.scope:
        yield boards.of_nobody(counted)
