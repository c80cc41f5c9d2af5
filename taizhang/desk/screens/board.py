"""看板: units × stages, each number opening exactly its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.ledger import boards, figures, ledgers
from taizhang.ledger.boards import NOBODY, Counted
from taizhang.ledger.figures import View


@dataclass(frozen=True, slots=True)
class Figure:
    n: int
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: its figures by stage, their sum, what of it is still open, and the bar's length (0-100)."""

    name: str
    below: str
    figures: tuple[Figure, ...]
    total: Figure
    open: int
    bar: float


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
    counted = boards.by_unit(figures.counted_for_all(view))
    top = _top(asking)
    stages = _columns(view, counted)
    lines = _scaled([_line(asking, view, stages, line) for line in _lines(asking, counted, top)])
    given = {
        "ledger": ledger,
        "stages": [asking.word(playbook.stage_label(stage)) for stage in stages],
        "lines": lines,
        "total": sum(line.total.n for line in lines),
        "at": f"{asking.now:%Y-%m-%d %H:%M}",
        "top": asking.units.name(top) if top is not None else "",
        "above": _above(asking, top),
        "scope": scope_words(asking),
    }
    return render(asking.request, "desk/board.html", given)


def _columns(view: View, counted: Counted) -> list[str]:
    """Every stage of the playbook, and what was closed by its own word where there is any."""
    some = any(by_stage[CLAIMED_STAGE] for by_stage in counted.values())
    return [stage for stage in view.stages if stage != CLAIMED_STAGE or some]


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


def _line(asking: Asking, view: View, stages: list[str], line: boards.Line) -> Line:
    unit, is_one_unit = line.unit_id, line.is_own and line.unit_id != NOBODY
    given = {"unit": str(unit), "counted": "1"} | ({"own": "1"} if is_one_unit else {})
    numbers = tuple(Figure(line.stages[stage], "?" + urlencode(given | {"stage": stage})) for stage in stages)
    return Line(
        name=_name(asking, line),
        below=f"?unit={unit}" if not line.is_own and len(line.covered) > 1 else "",
        figures=numbers,
        total=Figure(sum(figure.n for figure in numbers), "?" + urlencode(given)),
        open=sum(line.stages[stage] for stage in view.open_stages),
        bar=0,
    )


def _name(asking: Asking, line: boards.Line) -> str:
    if line.unit_id == NOBODY:
        return _("尚无牵头单位")
    name = asking.units.name(line.unit_id)
    return _("{unit}本级").format(unit=name) if line.is_own else name


def _scaled(lines: list[Line]) -> list[Line]:
    """Those with anything in them, the longest bar first."""
    shown = sorted((line for line in lines if line.total.n), key=lambda line: -line.open)
    most = max((line.open for line in shown), default=0) or 1
    return [replace(line, bar=round(100 * line.open / most, 1)) for line in shown]
