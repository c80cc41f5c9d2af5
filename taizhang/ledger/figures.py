"""Figures of a ledger as of a day, each with the filter that opens its rows.

A figure is read from cells, plus the few entries cells do not tell apart for who asks: visible
accusations, which no cell contains, and under a limited scope entries nobody answers for yet.
Those are counted on their stays under the one visibility rule; so figure and rows agree for
whoever asks, and a unit named by an accusation finds it in neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self, get_args
from uuid import UUID

from taizhang.core.actor import Agent
from taizhang.core.playbook import CLAIMED_STAGE, OPEN_STAGES, Playbook
from taizhang.ledger import cells, ledgers, queries
from taizhang.ledger.database import Term, cursor
from taizhang.ledger.folding import ON_THE_LEDGER
from taizhang.ledger.ledgers import OpenLedger
from taizhang.ledger.visibility import Scope, scope_of
from taizhang.org.models import Site
from taizhang.org.sites import the_site, today

Place = tuple[str, int]
"""Stage and unit; unit 0: nobody answers yet; stage "": the open ledger as a whole."""
Way = Literal["entered", "left", "received"]


WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` (None: from the beginning) to `last`, both included."""

    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Filter:
    """What a figure counts. Without `way`: entries standing at the end of `as_of`; with it: each
    entering or leaving of a stage in `period`, an entry as often as it did.

    No `stages`: any. For `entered` and `left` the stage `open` means coming onto the ledger and
    leaving it. `received`: each time a unit came to lead an open entry, by registration, assignment or
    transfer. `units` are the lead units counted, 0 for nobody yet; None: every one.
    """

    ledger: str
    as_of: date
    stages: tuple[str, ...] = ()
    units: tuple[int, ...] | None = None
    way: Way | None = None
    period: Period | None = None
    due_before: date | None = None
    typed_for_another: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON has it; what does not restrict is left out."""
        given: dict[str, Any] = {"ledger": self.ledger, "as_of": self.as_of.isoformat()}
        if self.stages:
            given["stage"] = list(self.stages)
        if self.units is not None:
            given["unit"] = list(self.units)
        if self.way is not None and self.period is not None:
            first = self.period.first
            given[self.way] = {"from": first and first.isoformat(), "to": self.period.last.isoformat()}
        if self.due_before is not None:
            given["due_before"] = self.due_before.isoformat()
        if self.typed_for_another:
            given["typed_for_another"] = True
        return given

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The filter `plain` wrote. Raises KeyError, ValueError where it is none."""
        way: Way | None = next((way for way in WAYS if way in given), None)
        period = None
        if way is not None:
            first = given[way]["from"]
            period = Period(first and date.fromisoformat(first), date.fromisoformat(given[way]["to"]))
        return cls(
            given["ledger"],
            date.fromisoformat(given["as_of"]),
            tuple(given.get("stage", ())),
            tuple(given["unit"]) if "unit" in given else None,
            way,
            period,
            date.fromisoformat(given["due_before"]) if "due_before" in given else None,
            bool(given.get("typed_for_another", False)),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One entry a figure counted, as it stood then; `title` is empty where it can no longer be seen."""

    entry_id: UUID
    number: str
    title: str
    stage: str
    unit_id: int
    from_on: date


@dataclass(frozen=True, slots=True)
class View:
    """A ledger as one agent sees it at the end of a day."""

    site: Site
    ledger: OpenLedger
    playbook: Playbook
    scope: Scope
    day: date

    @property
    def is_today(self) -> bool:
        return self.day >= today(self.site)

    @property
    def units(self) -> tuple[int, ...] | None:
        """The units whose figures these are; None: all there are."""
        return None if self.scope.unit_ids is None else (0, *sorted(self.scope.unit_ids))

    @property
    def stages(self) -> tuple[str, ...]:
        """Where an entry may stand, in the playbook's order; what was closed by its own word comes last."""
        return (*(stage.key for stage in self.playbook.stages), CLAIMED_STAGE)

    @property
    def open_stages(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.playbook.stages if not stage.is_end)


def view_of(ledger: OpenLedger, scope: Scope, day: date) -> View:
    """The ledger as whoever has this scope may see it."""
    return View(the_site(), ledger, ledgers.playbook(ledger.playbook_sha), scope, day)


def standing(view: View) -> Counter[Place]:
    """How many entries stand in each stage under each unit at the end of the day."""
    return counted_for_all(view) + _counted(_Stays(view).standing().beside_cells())


def counted_for_all(view: View) -> Counter[Place]:
    """The same by the cells alone, in which everybody finds the same figures of a unit: without accusations
    and, in a limited scope, without what nobody answers for yet."""
    return Counter(cells.standing_by_unit(view.site.id, view.ledger.ledger_id, view.day, view.scope.unit_ids))


def flows(view: View, period: Period, way: Way) -> Counter[Place]:
    """How often entries entered or left each stage, and the open ledger (stage "")."""
    found: Counter[Place] = Counter()
    for cell in cells.flows(view.site.id, view.ledger.ledger_id, period.first or date.min, period.last):
        if _in_cells(view, cell.unit_id):
            found[cell.stage, cell.unit_id] += cell.n_in if way == "entered" else cell.n_out
    beside = _Stays(view).moving(period, way)
    whole = _counted(beside.copy().over_the_edge().beside_cells(), stage=ON_THE_LEDGER)
    return found + _counted(beside.changing_stage().beside_cells()) + whole


def overdue(view: View, stages: Iterable[str]) -> Counter[Place]:
    """Entries standing in these stages whose due date had passed on the day."""
    return _counted(_Stays(view).standing().in_stages(stages).due_before(view.day))


def received(view: View, period: Period) -> Counter[Place]:
    """How often each unit came to lead an open entry; what it registered itself included."""
    return _counted(_Stays(view).moving(period, "received").newly_led())


def typed_for_another(view: View) -> Counter[Place]:
    """Entries, open or not, of which something was typed for another (代录) by the day."""
    return _counted(_Stays(view).standing().typed_for_another())


def rows_of(wanted: Filter, agent: Agent) -> list[Row]:
    """The rows of a figure, as many as it says. Raises LedgerUnknown.

    Of today's entries they come from the list everybody reads; of past days and of movements, from the stays.
    """
    ledger = ledgers.by_key(the_site(), wanted.ledger)
    if ledger is None:
        raise LedgerUnknown(wanted.ledger)
    view = view_of(ledger, scope_of(agent), wanted.as_of)
    if view.is_today and wanted.way is None:
        return _listed(view, wanted)
    return _Stays(view).fitting(wanted).rows()


class LedgerUnknown(Exception):
    """There is no ledger of this key."""


def _in_cells(view: View, unit_id: int) -> bool:
    """Whether cells alone say what there is of this unit, accusations apart."""
    return view.scope.unit_ids is None or unit_id in view.scope.unit_ids


def _listed(view: View, wanted: Filter) -> list[Row]:
    filters = queries.Filters(
        view.ledger.ledger_id,
        stages=wanted.stages,
        lead_units=wanted.units if wanted.units is not None else view.units,
        due_before=wanted.due_before,
        typed_for_another=wanted.typed_for_another,
    )
    return [
        Row(item.entry_id, item.number, item.title, item.stage, item.lead_unit_id or 0, item.registered_on)
        for item in queries.each(view.site.id, view.scope, filters)
    ]


def _counted(stays: _Stays, stage: str | None = None) -> Counter[Place]:
    found: Counter[Place] = Counter()
    for place, n in stays.count():
        found[place[0] if stage is None else stage, place[1]] += n
    return found


class _Stays:
    """Stays of a view that may be counted for who asks, and the SQL to do it.

    A stay no accusation hides counts for whoever's scope has its unit, even where the entry has gone
    elsewhere since: it was theirs on that day. Every other one counts where the entry may be seen;
    what nobody answered for counts, when it is past, only for those who registered it, so that a past
    figure does not grow by what was assigned later.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.of = "stay"
        self.terms = ["stay.site_id = %s", "stay.ledger_id = %s"]
        self.parameters: list[Any] = [view.site.id, view.ledger.ledger_id]
        self.is_of_now = False
        self.is_beside_cells = False

    def copy(self) -> _Stays:
        twin = _Stays(self.view)
        twin.of, twin.terms, twin.parameters = self.of, [*self.terms], [*self.parameters]
        twin.is_of_now, twin.is_beside_cells = self.is_of_now, self.is_beside_cells
        return twin

    def _and(self, term: str, *parameters: Any) -> _Stays:
        self.terms.append(term)
        self.parameters += parameters
        return self

    def fitting(self, wanted: Filter) -> _Stays:
        if wanted.way is None or wanted.period is None:
            self.standing()
        else:
            self.moving(wanted.period, wanted.way)
        if wanted.way == "received":
            self.newly_led()
        elif wanted.way is not None and wanted.stages == (OPEN_STAGES,):
            self.over_the_edge()
        elif wanted.stages:
            self.in_stages(wanted.stages)
            if wanted.way is not None:
                self.changing_stage()
        if wanted.units is not None:
            self._and(f"coalesce({self.of}.unit_id, 0) = ANY(%s)", list(wanted.units))
        if wanted.due_before is not None:
            self.due_before(wanted.due_before)
        return self.typed_for_another() if wanted.typed_for_another else self

    def standing(self) -> _Stays:
        day, self.is_of_now = self.view.day, self.view.is_today
        return self._and("stay.from_on <= %s AND (stay.to_on IS NULL OR stay.to_on > %s)", day, day)

    def moving(self, period: Period, way: Way) -> _Stays:
        self.of = "prior" if way == "left" else "stay"
        return self._and("stay.from_on BETWEEN %s AND %s", period.first or date.min, period.last)

    def newly_led(self) -> _Stays:
        return self._and(
            "stay.unit_id IS NOT NULL AND stay.stage = ANY(%s) AND prior.unit_id IS DISTINCT FROM stay.unit_id",
            list(self.view.open_stages),
        )

    def changing_stage(self) -> _Stays:
        return self._and("prior.stage IS DISTINCT FROM stay.stage")

    def over_the_edge(self) -> _Stays:
        """Onto the open ledger or off it."""
        outer = "prior" if self.of == "stay" else "stay"
        stages = list(self.view.open_stages)
        return self._and(
            f"{self.of}.stage = ANY(%s) AND coalesce({outer}.stage, '') <> ALL(%s)", stages, stages
        )

    def in_stages(self, stages: Iterable[str]) -> _Stays:
        return self._and(f"{self.of}.stage = ANY(%s)", list(stages))

    def due_before(self, day: date) -> _Stays:
        return self._and(f"{self.of}.due_on < %s", day)

    def typed_for_another(self) -> _Stays:
        return self._and(
            "entry.for_another_count > 0 AND EXISTS (SELECT 1 FROM event WHERE event.site_id = entry.site_id"
            " AND event.entry_id = entry.entry_id AND event.acted_by <> event.typed_by AND event.occurred_on <= %s)",
            self.view.day,
        )

    def beside_cells(self) -> _Stays:
        """Only what cells do not count for this view."""
        self.is_beside_cells = True
        return self._and("stay.hidden" if self.view.scope.unit_ids is None else f"(NOT {self._plain()})")

    def _plain(self) -> str:
        unit = "" if self.view.scope.unit_ids is None else f" AND {self.of}.unit_id IS NOT NULL"
        return f"(NOT stay.hidden{unit})"

    def _visible(self) -> Term:
        """What may be counted for who asks, accusations and what nobody answers for included where they see them."""
        if self.is_beside_cells and self.view.scope.unit_ids is not None:
            # Known by the parties; what every stay would have to be looked at for is told by few of them.
            unanswered = "party.lead_unit_id IS NULL" if self.is_of_now else "party.role = 'registering'"
            only: Term = f"({unanswered} OR party.accusation)", []
            ids, given = self.view.scope.ids(self.view.site.id, self.view.ledger.ledger_id, only)
            return f"stay.entry_id IN ({ids})", given
        term, given = self.view.scope.condition()
        return f"({self._plain()} OR ({term}))", given

    def _unanswered(self) -> str:
        """Whether an entry nobody answered for counts in a limited scope; today's are in the list everybody reads."""
        if self.is_of_now:
            return "true"
        return (
            "EXISTS (SELECT 1 FROM entry_party AS party WHERE party.site_id = entry.site_id"
            " AND party.entry_id = entry.entry_id AND party.role = 'registering' AND party.unit_id = ANY(%s))"
        )

    def count(self) -> list[tuple[Place, int]]:
        found = self._read(f"{self.of}.stage, coalesce({self.of}.unit_id, 0), count(*)", "GROUP BY 1, 2", [])
        return [((row[0], row[1]), row[2]) for row in found]

    def rows(self) -> list[Row]:
        term, given = self.view.scope.condition()
        columns = (
            f"entry.entry_id, entry.number, CASE WHEN {term} THEN entry.title ELSE '' END, {self.of}.stage,"
            f" coalesce({self.of}.unit_id, 0), stay.from_on"
        )
        return [Row(*row) for row in self._read(columns, "ORDER BY entry.entry_id, stay.n", given)]

    def _read(self, columns: str, ending: str, given: list[Any]) -> list[Any]:
        visible, seen = self._visible()
        terms, parameters = [*self.terms, visible], [*self.parameters, *seen]
        if self.of == "prior":
            terms.append("prior.entry_id IS NOT NULL")
        if self.view.scope.unit_ids is not None:
            ours = sorted(self.view.scope.unit_ids)
            terms.append(
                f"({self.of}.unit_id = ANY(%s) OR {self.of}.unit_id IS NULL AND {self._unanswered()})"
            )
            parameters += [ours, ours] if self._unanswered() != "true" else [ours]
        with cursor() as database:
            database.execute(
                f"SELECT {columns} FROM stay"
                " JOIN entry ON entry.site_id = stay.site_id AND entry.entry_id = stay.entry_id"
                " LEFT JOIN stay AS prior ON prior.site_id = stay.site_id AND prior.entry_id = stay.entry_id"
                " AND prior.n = stay.n - 1"
                f" WHERE {' AND '.join(terms)} {ending}",
                [*given, *parameters],
            )
            return database.fetchall()
