"""What an entry's events add up to: the entry, its stays, and the changes to the counts.

One fold serves the write path, the rebuild and the tests, so that a projection cannot mean
two things.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from itertools import pairwise

from taizhang.core.entry import Entry, evolve
from taizhang.core.events import Recorded
from taizhang.core.playbook import Playbook

ON_THE_LEDGER = ""
"""The stage under which cells count the open ledger as a whole: registered in, struck off out."""


@dataclass(frozen=True, slots=True)
class Sojourn:
    """One stay: `from_on`/`to_on` when it was so, `known_on`/`unknown_on` when that was recorded."""

    stage: str
    unit_id: int | None
    category: str
    due_on: date | None
    hidden: bool
    from_on: date
    known_on: date
    to_on: date | None = None
    unknown_on: date | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of one cell: entered, left, or moved within the stage (`shift`, signed)."""

    ledger_id: int
    day: date
    known_day: date
    stage: str
    unit_id: int
    category: str
    n_in: int = 0
    n_out: int = 0
    n_shift: int = 0

    def undone(self) -> Delta:
        """The same change taken back, on its own day and as if never known."""
        return replace(self, n_in=-self.n_in, n_out=-self.n_out, n_shift=-self.n_shift)


@dataclass(frozen=True, slots=True)
class Folded:
    """An entry with its stays and every change it has made to the cells.

    A flagged accusation has taken all its changes back: counts anybody may see never contain it.
    """

    entry: Entry
    stays: tuple[Sojourn, ...]
    deltas: tuple[Delta, ...]


def fold(history: Iterable[Recorded], playbook: Playbook, zone: tzinfo) -> Folded | None:
    """Fold a whole history of one entry."""
    folded: Folded | None = None
    for recorded in history:
        folded, _ = advance(folded, recorded, playbook, zone)
    return folded


def advance(
    before: Folded | None, recorded: Recorded, playbook: Playbook, zone: tzinfo
) -> tuple[Folded, tuple[Delta, ...]]:
    """One event further: the new fold, and how the cells change by it."""
    known_on = recorded.recorded_at.astimezone(zone).date()
    entry = evolve(before.entry if before is not None else None, recorded)
    stay = _stay_of(entry, playbook, recorded.occurred_on, known_on)
    if before is None:
        made = () if stay.hidden else _entering(entry, stay, None, playbook)
        return Folded(entry, (stay,), made), made
    last = before.stays[-1]
    if _same_place(last, stay):
        return replace(before, entry=entry), ()
    if stay.hidden != last.hidden:
        return _hidden_or_shown(before, entry, stay, playbook)
    stays = (*before.stays[:-1], replace(last, to_on=stay.from_on, unknown_on=known_on), stay)
    made = () if stay.hidden else _moved(entry, last, stay, playbook)
    return Folded(entry, stays, before.deltas + made), made


def _stay_of(entry: Entry, playbook: Playbook, day: date, known_on: date) -> Sojourn:
    category = playbook.field_standing_for("category")
    path = entry.fields.get(category.key, "") if category is not None else ""
    return Sojourn(
        stage=entry.stage,
        unit_id=entry.lead_unit,
        category=path if isinstance(path, str) else "",
        due_on=entry.due_on,
        hidden=entry.is_accusation,
        from_on=day,
        known_on=known_on,
    )


def _same_place(last: Sojourn, stay: Sojourn) -> bool:
    return (last.stage, last.unit_id, last.category, last.due_on, last.hidden) == (
        stay.stage,
        stay.unit_id,
        stay.category,
        stay.due_on,
        stay.hidden,
    )


def _cell(entry: Entry, stay: Sojourn, stage: str, at: Sojourn, **counts: int) -> Delta:
    return Delta(entry.ledger_id, at.from_on, at.known_on, stage, stay.unit_id or 0, stay.category, **counts)


def _on_ledger(stay: Sojourn | None, playbook: Playbook) -> bool:
    return stay is not None and playbook.is_open(stay.stage)


def _entering(entry: Entry, stay: Sojourn, last: Sojourn | None, playbook: Playbook) -> tuple[Delta, ...]:
    made: tuple[Delta, ...] = (_cell(entry, stay, stay.stage, stay, n_in=1),)
    if _on_ledger(stay, playbook) and not _on_ledger(last, playbook):
        made += (_cell(entry, stay, ON_THE_LEDGER, stay, n_in=1),)
    return made


def _moved(entry: Entry, last: Sojourn, stay: Sojourn, playbook: Playbook) -> tuple[Delta, ...]:
    elsewhere = (last.unit_id, last.category) != (stay.unit_id, stay.category)
    made: tuple[Delta, ...] = ()
    was_open, is_open = _on_ledger(last, playbook), _on_ledger(stay, playbook)
    if last.stage == stay.stage:
        if elsewhere:
            made += _shift(entry, last, stay, stay.stage)
    else:
        made += (_cell(entry, last, last.stage, stay, n_out=1), _cell(entry, stay, stay.stage, stay, n_in=1))
    if was_open and is_open and elsewhere:
        made += _shift(entry, last, stay, ON_THE_LEDGER)
    elif was_open and not is_open:
        made += (_cell(entry, last, ON_THE_LEDGER, stay, n_out=1),)
    elif is_open and not was_open:
        made += (_cell(entry, stay, ON_THE_LEDGER, stay, n_in=1),)
    return made


def _shift(entry: Entry, last: Sojourn, stay: Sojourn, stage: str) -> tuple[Delta, ...]:
    return (_cell(entry, last, stage, stay, n_shift=-1), _cell(entry, stay, stage, stay, n_shift=1))


def _hidden_or_shown(
    before: Folded, entry: Entry, stay: Sojourn, playbook: Playbook
) -> tuple[Folded, tuple[Delta, ...]]:
    """An accusation flag takes every past change back at its own day; clearing it gives them again.

    Also out of what was known then: the named unit could otherwise read the entry's existence off the
    difference of two past days, or of two days of knowledge (信访工作条例 第三十条 goes before the record).
    """
    known_on = stay.known_on
    ended = replace(before.stays[-1], to_on=stay.from_on, unknown_on=known_on)
    past = (*before.stays[:-1], ended)
    stays = (*(replace(item, hidden=stay.hidden) for item in past), stay)
    if stay.hidden:
        made = tuple(delta.undone() for delta in before.deltas)
        return Folded(entry, stays, ()), made
    made = _all_deltas(entry, stays, playbook)
    return Folded(entry, stays, made), made


def _all_deltas(entry: Entry, stays: tuple[Sojourn, ...], playbook: Playbook) -> tuple[Delta, ...]:
    made = _entering(entry, stays[0], None, playbook)
    for last, stay in pairwise(stays):
        made += _moved(entry, last, stay, playbook)
    return made
