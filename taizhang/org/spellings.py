"""写法: what names in sheets mean, as people settled it for the whole site; remembered until somebody undoes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from taizhang.core.actor import Agent
from taizhang.core.units import Units
from taizhang.org.cell_names import name_key
from taizhang.org.models import Spelling
from taizhang.org.refusals import MayNotSettle, MayNotUndo, NothingGiven, NotThereThen
from taizhang.org.sites import now, the_site, today

SETTLING = frozenset({"register", "administer"})
"""Duties of which one is needed: whoever may import decides how the sheet's names are read."""

LONGEST = 300
"""Characters of a spelling that can be settled; more is a text and no name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name means: units of which the first leads, or a group in one entry or in one `each`; else no unit."""

    unit_ids: tuple[int, ...] = ()
    group_id: int | None = None
    each: bool = False

    @property
    def means(self) -> str:
        if self.group_id is not None:
            return Spelling.Means.EACH if self.each else Spelling.Means.TOGETHER
        return Spelling.Means.UNITS if self.unit_ids else Spelling.Means.TEXT


def may_settle(agent: Agent) -> bool:
    return bool(SETTLING & agent.duties)


def may_undo(spelling: Spelling, agent: Agent) -> bool:
    """Who settled it, and whoever administers the site."""
    return spelling.settled_by_id == agent.person_id or "administer" in agent.duties


def settled(texts: Iterable[str] | None = None) -> dict[str, Answer]:
    """What was settled, by `name_key`: of these texts, or all of it."""
    rows = Spelling.objects.filter(undone_at__isnull=True)
    if texts is not None:
        rows = rows.filter(key__in={name_key(text) for text in texts})
    found = rows.values_list("key", "means", "unit_ids", "group_id")
    return {
        key: Answer(tuple(unit_ids), group_id, means == Spelling.Means.EACH)
        for key, means, unit_ids, group_id in found
    }


@transaction.atomic
def settle(answers: Mapping[str, Answer], agent: Agent, units: Units) -> UUID:
    """Remember what each of these texts means, in place of what was settled for it before; the batch they are.

    Raises MayNotSettle, NothingGiven, NotThereThen.
    """
    if not may_settle(agent):
        raise MayNotSettle
    by_key = {
        name_key(text): (text, answer)
        for text, answer in answers.items()
        if 0 < len(name_key(text)) <= LONGEST
    }
    if not by_key:
        raise NothingGiven
    site = the_site()
    for unit in {unit for _text, answer in by_key.values() for unit in answer.unit_ids}:
        if not units.exists_on(unit, today(site)):
            raise NotThereThen(unit=units.name(unit), on=today(site))
    moment, batch = now(site), uuid4()
    held = Spelling.objects.select_for_update().filter(key__in=by_key, undone_at__isnull=True)
    _end(held.values_list("id", flat=True), agent)
    Spelling.objects.bulk_create(
        Spelling(
            key=key,
            text=text.strip(),
            means=answer.means,
            unit_ids=list(answer.unit_ids),
            group_id=answer.group_id,
            batch=batch,
            settled_by_id=agent.person_id,
            settled_at=moment,
        )
        for key, (text, answer) in by_key.items()
    )
    return batch


@transaction.atomic
def undo(ids: Sequence[int], agent: Agent) -> int:
    """Take settled spellings back, so that they are asked again; how many. Raises MayNotSettle, MayNotUndo."""
    if not may_settle(agent):
        raise MayNotSettle
    held = list(Spelling.objects.select_for_update().filter(id__in=ids, undone_at__isnull=True))
    for spelling in held:
        if not may_undo(spelling, agent):
            raise MayNotUndo(text=spelling.text)
    return _end([spelling.id for spelling in held], agent)


def of_batch(batch: UUID) -> list[int]:
    """What was settled in one go and still holds."""
    return list(Spelling.objects.filter(batch=batch, undone_at__isnull=True).values_list("id", flat=True))


def _end(ids: Iterable[int], agent: Agent) -> int:
    return Spelling.objects.filter(id__in=list(ids)).update(
        undone_by_id=agent.person_id, undone_at=now(the_site())
    )
