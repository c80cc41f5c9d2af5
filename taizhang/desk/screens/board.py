"""看板: units × stages from the cells, each number opening exactly its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.ledger import cells, ledgers
from taizhang.ledger.ledgers import OpenLedger

NOBODY = 0
"""The cells' unit of what no unit answers for yet."""


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
    top = _top(asking)
    counted = _counted(asking, ledger)
    stages = [stage.key for stage in playbook.stages] + [CLAIMED_STAGE]
    stages = [
        stage for stage in stages if any(by[stage] for by in counted.values()) or stage != CLAIMED_STAGE
    ]
    lines = _lines(asking, playbook, counted, top, stages)
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


def _counted(asking: Asking, ledger: OpenLedger) -> dict[int, Counter[str]]:
    """Counts by unit and stage, within scope. What nobody answers for yet is shown to those who see all."""
    covered = asking.scope.unit_ids
    found: dict[int, Counter[str]] = {}
    for cell in cells.standing(asking.site.id, ledger.ledger_id, asking.today):
        if cell.stage and (covered is None or cell.unit_id in covered):
            found.setdefault(cell.unit_id, Counter())[cell.stage] += cell.n
    return found


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


def _lines(
    asking: Asking, playbook: Playbook, counted: dict[int, Counter[str]], top: int | None, stages: list[str]
) -> list[Line]:
    if top is None:
        return []
    units = asking.units
    groups = [(unit, units.below([unit]), False) for unit in _children(asking, top)]
    own = frozenset({top}) | (units.below([top]) - frozenset().union(*(below for _u, below, _o in groups)))
    groups.append((top, own, True))
    made = [_line(asking, playbook, counted, stages, *group) for group in groups]
    if top in asking.agent.scope and NOBODY in counted:
        made.append(_line(asking, playbook, counted, stages, NOBODY, frozenset({NOBODY}), True))
    made = [line for line in made if line.total.n]
    most = max((line.open for line in made), default=0) or 1
    return [_scaled(line, most) for line in sorted(made, key=lambda line: -line.open)]


def _children(asking: Asking, top: int) -> list[int]:
    """The units below that are in force; a dissolved one is counted with its successor or with `top`."""
    spans = asking.units.spans.values()
    return [span.unit_id for span in spans if span.parent_id == top and span.exists_on(asking.today)]


def _line(
    asking: Asking,
    playbook: Playbook,
    counted: dict[int, Counter[str]],
    stages: list[str],
    unit: int,
    covered: frozenset[int],
    is_own: bool,
) -> Line:
    by_stage: Counter[str] = Counter()
    for one in covered:
        by_stage.update(counted.get(one, Counter()))
    name = _("尚无牵头单位") if unit == NOBODY else asking.units.name(unit)
    if is_own and unit != NOBODY:
        name = _("{unit}本级").format(unit=name)
    has_below = not is_own and len(covered) > 1
    given = {"unit": str(unit), "counted": "1"} | ({"own": "1"} if is_own and unit != NOBODY else {})
    figures = tuple(Figure(by_stage[stage], "?" + urlencode(given | {"stage": stage})) for stage in stages)
    total = Figure(sum(figure.n for figure in figures), "?" + urlencode(given))
    still_open = sum(by_stage[stage] for stage in stages if playbook.is_open(stage))
    return Line(name, f"?unit={unit}" if has_below else "", figures, total, still_open, 0)


def _scaled(line: Line, most: int) -> Line:
    return replace(line, bar=round(100 * line.open / most, 1))
