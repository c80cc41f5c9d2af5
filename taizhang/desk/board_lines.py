"""The lines of a board as a page shows them: names, and figures that open exactly their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from taizhang.core.playbook import CLAIMED_STAGE, StageKind
from taizhang.desk.asking import Asking
from taizhang.desk.chart import MOST_BARS, Part, Stage, bar
from taizhang.ledger import boards
from taizhang.ledger.boards import NOBODY
from taizhang.ledger.figures import View

NONE = '<td><span class="zero">0</span></td>'


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the query of the list that shows its rows. Keys of stages stand in addresses as they are."""

    n: int
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: what of it is still open, all of it, and its figures by stage; and its bar in the chart."""

    name: str
    below: str
    open: Figure
    total: Figure
    figures: tuple[Figure, ...]
    bar: tuple[Part, ...] = ()

    @property
    def cells(self) -> tuple[Figure, ...]:
        return self.open, self.total, *self.figures


@dataclass(frozen=True)
class Lines:
    """`every` are the lines of the board, `whole` their figures together; `top` is the unit they are the parts of."""

    asking: Asking
    view: View
    every: Sequence[boards.Line]
    whole: Counter[str]
    top: int | None

    @cached_property
    def stages(self) -> list[str]:
        """Every stage of the playbook, and what was closed by its own word where there is any."""
        some = any(line.stages[CLAIMED_STAGE] for line in self.every)
        return [stage for stage in self.view.stages if stage != CLAIMED_STAGE or some]

    def shown(self) -> list[Line]:
        """Those with anything in them, the most still open first."""
        made = [self._line(line) for line in self.every if line.stages.total()]
        return sorted(made, key=lambda line: -line.open.n)

    def totals(self) -> Line:
        return self._of(_("合计"), "", self.whole, self._given_for_all)

    def tiles(self) -> list[tuple[str, Figure]]:
        """What a leader asks first, of all lines together."""
        totals = self.totals()
        return [
            (_("在账未了结"), totals.open),
            (_("待核查、待销号"), self._of_kind("done")),
            (_("已销号"), self._of_kind("closed")),
            (_("合计"), totals.total),
        ]

    @cached_property
    def _given_for_all(self) -> str:
        """The unit at the top with all below, and what nobody answers for where that stands among the lines."""
        nobody = any(line.unit_id == NOBODY and line.stages.total() for line in self.every)
        return f"?unit={self.top}&counted=1" + ("&nobody=1" if nobody else "")

    def _of_kind(self, kind: StageKind) -> Figure:
        stages = [stage.key for stage in self.view.playbook.stages if stage.kind == kind]
        return _figure(self.whole, stages, self._given_for_all, ",".join(stages))

    def _line(self, line: boards.Line) -> Line:
        unit, is_one_unit = line.unit_id, line.is_own and line.unit_id != NOBODY
        given = f"?unit={unit}&counted=1" + ("&own=1" if is_one_unit else "")
        below = f"?unit={unit}" if not line.is_own and len(line.covered) > 1 else ""
        return self._of(self._name(line), below, line.stages, given)

    def _of(self, name: str, below: str, standing: Counter[str], given: str) -> Line:
        return Line(
            name,
            below,
            _figure(standing, self.view.open_stages, given, "open"),
            _figure(standing, self.stages, given, ""),
            tuple(_figure(standing, [stage], given, stage) for stage in self.stages),
        )

    def _name(self, line: boards.Line) -> str:
        if line.unit_id == NOBODY:
            return _("尚无牵头单位")
        name = self.asking.units.name(line.unit_id)
        return _("{unit}本级").format(unit=name) if line.is_own else name

    def with_bars(self, shown: Sequence[Line], legend: Sequence[Stage]) -> list[Line]:
        """The first of the lines shown, those with anything open, for the chart; the very first is the longest.

        One alone is compared with nothing, and has no chart.
        """
        if len(shown) < 2:
            return []
        places = [self.stages.index(stage) for stage in self.view.open_stages]
        return [
            replace(line, bar=bar(legend, [line.figures[place].n for place in places], shown[0].open.n))
            for line in shown[:MOST_BARS]
            if line.open.n
        ]


def _figure(standing: Counter[str], stages: Iterable[str], given: str, stage: str) -> Figure:
    """How many stand in these stages; `stage` is what the list's address calls them, "" for all."""
    return Figure(sum([standing[one] for one in stages]), f"{given}&stage={stage}" if stage else given)


def rows(lines: Iterable[Line], address: str) -> SafeString:
    """The rows of the table, with links into the list at this address; drawn here for the reason a list's are."""
    return mark_safe("".join([_row(line, address) for line in lines]))  # noqa: S308 - what is said is escaped


def _row(line: Line, address: str) -> str:
    name = f'<a href="{line.below}">{escape(line.name)}</a>' if line.below else escape(line.name)
    cells = [
        f'<td><a href="{address}{escape(figure.query)}">{figure.n}</a></td>' if figure.n else NONE
        for figure in line.cells
    ]
    return f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>\n'
