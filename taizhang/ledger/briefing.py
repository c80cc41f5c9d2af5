"""The day's report (日报) of a ledger: totals, by unit and stage, the playbook's metrics and its own text.

Whom it is for decides what it counts; it says so at its end. Rows of the table are the units right
below the top of the asker's scope, each with all below it, by the tree of that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from taizhang.core.actor import Agent
from taizhang.core.placeholders import fill
from taizhang.core.playbook import CLAIMED_STAGE, OPEN_STAGES, Metric, Playbook
from taizhang.core.wording import Label, Language
from taizhang.ledger import figures
from taizhang.ledger.figures import Filter, Period, Place, View
from taizhang.ledger.folding import ON_THE_LEDGER
from taizhang.ledger.ledgers import OpenLedger
from taizhang.ledger.visibility import scope_of
from taizhang.org.models import Site, Unit, UnitName
from taizhang.org.sites import today
from taizhang.org.tree import path_on

Lines = Callable[[Iterable[Sequence[object]]], list[str]]
"""Sets rows of cells as lines with aligned columns; how depends on where they are shown."""

TOTALS: dict[str, Label] = {
    "on_ledger": Label("在账", "On the ledger"),
    "overdue": Label("其中逾期", "of these overdue"),
    "struck_off": Label("累计销号", "Struck off in all"),
    "claimed": Label("历史销号（未经本平台核查）", "Claimed closed before (never verified here)"),
    "typed_for_others": Label("含代录", "With something typed for others"),
    "entered_today": Label("本日上账", "Entered today"),
    "struck_today": Label("本日销号", "Struck off today"),
    "entered_week": Label("本周上账", "Entered this week"),
    "struck_week": Label("本周销号", "Struck off this week"),
    "received_week": Label("本周接收", "Received by units this week"),
}
IN_TABLE = ("on_ledger", "overdue", "received_week", "struck_week", "struck_off", "claimed")
SHORT: dict[str, Label] = {
    "overdue": Label("逾期", "Overdue"),
    "claimed": Label("历史销号", "Claimed before"),
}
NOBODY = Label("尚无承办单位", "Nobody yet")
UNIT, STAGE, COUNT, SUM = (
    Label("单位", "Unit"),
    Label("环节", "Stage"),
    Label("数量", "Count"),
    Label("合计", "Total"),
)
NOTHING = Label("（没有条目）", "(no entries)")


class AsOfTheFuture(Exception):
    """A report cannot be as of a day that has not come."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the filter that opens its rows."""

    value: int
    filter: Filter

    def plain(self) -> dict[str, Any]:
        return {"value": self.value, "filter": self.filter.plain()}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with all below it: the figures of TOTALS, and how many stand in each stage. Unit 0: nobody yet."""

    unit_id: int
    name: Label
    figures: Mapping[str, Figure]
    stages: Mapping[str, Figure]
    total: Figure


@dataclass(frozen=True)
class Report:
    """Everything a briefing says, for any door to show. `scope` names the units it speaks of, each with all below."""

    ledger: OpenLedger
    playbook: Playbook
    as_of: date
    week: Period
    scope: tuple[str, ...]
    totals: Mapping[str, Figure]
    stages: Mapping[str, Figure]
    total: Figure
    units: tuple[UnitRow, ...]
    metrics: tuple[tuple[Metric, Figure], ...]

    def plain(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {
            "ledger": {"key": self.ledger.key, "name": self.ledger.name},
            "as_of": self.as_of.isoformat(),
            "week_from": self.week.first and self.week.first.isoformat(),
            "scope": list(self.scope),
            "totals": {key: figure.plain() for key, figure in self.totals.items()},
            "metrics": {metric.key: figure.plain() for metric, figure in self.metrics},
            "by_stage": {stage: figure.plain() for stage, figure in self.stages.items()},
            "total": self.total.plain(),
            "by_unit": [self._plain_row(row) for row in self.units],
        }

    def _plain_row(self, row: UnitRow) -> dict[str, Any]:
        return {
            "unit": row.unit_id,
            "name": str(row.name),
            **{key: figure.plain() for key, figure in row.figures.items()},
            "by_stage": {stage: figure.plain() for stage, figure in row.stages.items()},
            "total": row.total.plain(),
        }

    def text(self, lines: Lines, language: Language = "zh") -> str:
        """The playbook's own briefing with its placeholders filled."""
        given = {
            "ledger": self.ledger.name,
            "entry": self.playbook.entry_word.text(language),
            "as_of": day_in_words(self.as_of, language),
            "by_unit": "\n".join(lines(self.unit_table(language))),
            "by_stage": "\n".join(lines(self.stage_table(language))),
            **{metric.key: str(figure.value) for metric, figure in self.metrics},
        }
        return fill(self.playbook.briefing, given)

    def unit_table(self, language: Language) -> list[list[object]]:
        """Units by the figures that matter most, with a row of totals; one line of words where there is nothing."""
        if not self.units:
            return [[NOTHING.text(language)]]
        labels = ((SHORT.get(key) or TOTALS[key]).text(language) for key in IN_TABLE)
        head: list[object] = [UNIT.text(language), *labels]
        rows = [
            [row.name.text(language), *(row.figures[key].value for key in IN_TABLE)] for row in self.units
        ]
        return [head, *rows, [SUM.text(language), *(self.totals[key].value for key in IN_TABLE)]]

    def stage_table(self, language: Language) -> list[list[object]]:
        if not self.total.value:
            return [[NOTHING.text(language)]]
        rows: list[list[object]] = [
            [self._stage(stage, language), figure.value] for stage, figure in self.stages.items()
        ]
        head: list[object] = [STAGE.text(language), COUNT.text(language)]
        return [head, *rows, [SUM.text(language), self.total.value]]

    def board(self, language: Language) -> list[list[object]]:
        """Units × stages, with totals of rows and columns."""
        if not self.units:
            return [[NOTHING.text(language)]]
        labels = [self._stage(stage, language) for stage in self.stages]
        rows = [
            [row.name.text(language), *(figure.value for figure in row.stages.values()), row.total.value]
            for row in self.units
        ]
        sums = [SUM.text(language), *(figure.value for figure in self.stages.values()), self.total.value]
        return [[UNIT.text(language), *labels, SUM.text(language)], *rows, sums]

    def _stage(self, stage: str, language: Language) -> str:
        label = SHORT["claimed"] if stage == CLAIMED_STAGE else self.playbook.stage_label(stage)
        return label.text(language)


def day_in_words(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def brief(ledger: OpenLedger, agent: Agent, as_of: date) -> Report:
    """The report on a ledger as of the end of a day, as this agent may see it. Raises AsOfTheFuture."""
    view = figures.view_of(ledger, scope_of(agent), as_of)
    if as_of > today(view.site):
        raise AsOfTheFuture
    return _Reporter(view, agent).report()


def week_of(site: Site, day: date) -> Period:
    """The site's week up to the day."""
    return Period(day - timedelta(days=(day.isoweekday() - site.week_start) % 7), day)


class _Reporter:
    """Puts a report together from one reading of each kind of count."""

    def __init__(self, view: View, agent: Agent) -> None:
        self.view, self.agent = view, agent
        self.playbook = view.playbook
        self._flows: dict[tuple[Period, figures.Way], Counter[Place]] = {}

    @cached_property
    def standing(self) -> Counter[Place]:
        return figures.standing(self.view)

    @cached_property
    def closed(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.playbook.stages if stage.kind == "closed")

    @cached_property
    def answering(self) -> tuple[str, ...]:
        """Where a unit still owes the work: reported done is not overdue."""
        return tuple(stage.key for stage in self.playbook.stages if stage.kind == "open")

    @cached_property
    def counts(self) -> dict[str, tuple[Counter[Place], Filter]]:
        """The figures of TOTALS by place, each with its filter for all units."""
        view, day, week = (
            self.view,
            Period(self.view.day, self.view.day),
            week_of(self.view.site, self.view.day),
        )
        late = Filter(view.ledger.key, view.day, self.answering, view.units, due_before=view.day)
        typed = Filter(view.ledger.key, view.day, units=view.units, typed_for_another=True)
        received = Filter(view.ledger.key, view.day, (), view.units, "received", week)
        return {
            "on_ledger": self._stock(view.open_stages),
            "overdue": (figures.overdue(view, self.answering), late),
            "struck_off": self._stock(self.closed),
            "claimed": self._stock((CLAIMED_STAGE,)),
            "typed_for_others": (figures.typed_for_another(view), typed),
            "entered_today": self._flow((OPEN_STAGES,), day, "entered"),
            "struck_today": self._flow(self.closed, day, "entered"),
            "entered_week": self._flow((OPEN_STAGES,), week, "entered"),
            "struck_week": self._flow(self.closed, week, "entered"),
            "received_week": (figures.received(view, week), received),
        }

    def report(self) -> Report:
        view = self.view
        return Report(
            ledger=view.ledger,
            playbook=self.playbook,
            as_of=view.day,
            week=week_of(view.site, view.day),
            scope=self._scope_names(),
            totals={key: _figure(count, wanted) for key, (count, wanted) in self.counts.items()},
            stages={key: _figure(*self._stock((key,))) for key in view.stages},
            total=_figure(*self._stock(())),
            units=self._unit_rows(),
            metrics=tuple((metric, _figure(*self._metric(metric))) for metric in self.playbook.metrics),
        )

    def _stock(self, stages: tuple[str, ...]) -> tuple[Counter[Place], Filter]:
        kept = Counter({place: n for place, n in self.standing.items() if not stages or place[0] in stages})
        return kept, Filter(self.view.ledger.key, self.view.day, stages, self.view.units)

    def _flow(
        self, stages: tuple[str, ...], period: Period, way: figures.Way
    ) -> tuple[Counter[Place], Filter]:
        if (period, way) not in self._flows:
            self._flows[period, way] = figures.flows(self.view, period, way)
        counted = (ON_THE_LEDGER,) if stages == (OPEN_STAGES,) else stages
        kept = Counter({place: n for place, n in self._flows[period, way].items() if place[0] in counted})
        return kept, Filter(self.view.ledger.key, self.view.day, stages, self.view.units, way, period)

    def _metric(self, metric: Metric) -> tuple[Counter[Place], Filter]:
        """A flow over all open stages means the ledger as a whole: moving from one to the next is no entering."""
        if metric.count == "standing":
            return self._stock(metric.stages)
        whole = set(metric.stages) == set(self.view.open_stages)
        return self._flow((OPEN_STAGES,) if whole else metric.stages, self._period(metric), metric.count)

    def _period(self, metric: Metric) -> Period:
        day = self.view.day
        match metric.period:
            case "day":
                return Period(day, day)
            case "week":
                return week_of(self.view.site, day)
            case "month":
                return Period(day.replace(day=1), day)
            case "year":
                return Period(day.replace(month=1, day=1), day)
            case "all":
                return Period(None, day)

    def _unit_rows(self) -> tuple[UnitRow, ...]:
        groups = self._groups(
            {unit for count, _ in [*self.counts.values(), self._stock(())] for _, unit in count}
        )
        names = _names_on(groups, self.view.day)
        order = dict(Unit.objects.filter(id__in=groups).values_list("id", "sort_key"))
        return tuple(
            UnitRow(
                unit,
                names.get(unit, NOBODY),
                {key: _of_units(count, wanted, groups[unit]) for key, (count, wanted) in self.counts.items()},
                {key: _of_units(*self._stock((key,)), groups[unit]) for key in self.view.stages},
                _of_units(*self._stock(()), groups[unit]),
            )
            for unit in sorted(groups, key=lambda unit: (not unit, order.get(unit, ""), unit))
        )

    def _groups(self, units: set[int]) -> dict[int, tuple[int, ...]]:
        """Row → the units counted in it."""
        paths = path_on(self.view.day)
        gone = units - paths.keys()
        paths |= dict(Unit.objects.filter(id__in=gone).values_list("id", "path"))
        found: dict[int, list[int]] = {}
        for unit in sorted(units):
            found.setdefault(self._row_of(unit, paths.get(unit, "")), []).append(unit)
        return {row: tuple(members) for row, members in found.items()}

    def _row_of(self, unit: int, path: str) -> int:
        line = [int(part) for part in path.split("/") if part]
        tops = [n for n, above in enumerate(line) if above in self.agent.scope]
        if not tops:
            return unit
        return line[min(tops[0] + 1, len(line) - 1)]

    def _scope_names(self) -> tuple[str, ...]:
        names = _names_on(self.agent.scope, self.view.day)
        return tuple(str(names[unit]) for unit in sorted(names))


def _figure(count: Counter[Place], wanted: Filter) -> Figure:
    return Figure(count.total(), wanted)


def _of_units(count: Counter[Place], wanted: Filter, units: tuple[int, ...]) -> Figure:
    return Figure(sum(n for (_, unit), n in count.items() if unit in units), replace(wanted, units=units))


def _names_on(units: Iterable[int], day: date) -> dict[int, Label]:
    """What the units were called on the day; of those that were not there then, what they are called now."""
    units = list(units)
    begun = Q(from_on__isnull=True) | Q(from_on__lte=day)
    not_over = Q(to_on__isnull=True) | Q(to_on__gt=day)
    names = dict(Unit.objects.filter(id__in=units).values_list("id", "name"))
    names |= dict(UnitName.objects.filter(begun, not_over, unit_id__in=units).values_list("unit_id", "name"))
    return {unit: Label(name) for unit, name in names.items()}
