"""What happened to an entry, as the API tells it: who in what post, typed by whom, when, what changed.

Sealed values show that they are there; what proves them (commitments, keyed digests) stays inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from taizhang.api.answers import Named, Shape, Words, named_unit
from taizhang.core.events import Event, Recorded
from taizhang.core.playbook import Playbook
from taizhang.core.units import Units
from taizhang.core.values import EvidenceRef, Part, RowOrigin, SealedRef
from taizhang.ledger import ledgers
from taizhang.ledger.changes import VERB_OF
from taizhang.org.called import called

SHOWN: dict[type[Any], tuple[str, ...]] = {
    EvidenceRef: ("ref", "media_type", "size", "purpose", "for_units"),
    RowOrigin: ("file", "sheet", "row", "hidden"),
    Part: ("entry_id", "title", "lead_unit"),
}
"""What of a value inside an event goes out."""


class ShownSource(Shape):
    kind: str
    note: str


class ShownEvent(Shape):
    """`occurred_on` is the day the fact is for, `recorded_at` when it was written; `facts` are the event's own."""

    version: int
    kind: str
    verb: str
    label: Words
    occurred_on: date
    recorded_at: datetime
    acted_by: Named
    typed_by: Named
    unit: Named | None
    post: Named | None
    source: ShownSource | None
    facts: dict[str, Any]


class Names:
    """What the people, posts and units of a history are called."""

    def __init__(self, history: Sequence[Recorded], units: Units) -> None:
        people = [person for recorded in history for person in (recorded.acted_by, recorded.typed_by)]
        self._called = called(people, [recorded.post_id for recorded in history])
        self._units = units

    def person(self, person_id: int) -> Named:
        return Named(id=person_id, name=self._called.people.get(person_id, f"#{person_id}"))

    def post(self, post_id: int | None) -> Named | None:
        return (
            None
            if post_id is None
            else Named(id=post_id, name=str(self._called.posts.get(post_id, f"#{post_id}")))
        )

    def unit(self, unit_id: int | None) -> Named | None:
        return named_unit(unit_id, self._units)


def shown(history: Sequence[Recorded], units: Units, zone: Any) -> list[ShownEvent]:
    """The events in their order, with names instead of numbers."""
    names = Names(history, units)
    return [_shown(recorded, names, zone) for recorded in history]


def _shown(recorded: Recorded, names: Names, zone: Any) -> ShownEvent:
    verb = VERB_OF[type(recorded.event)]
    source = recorded.source
    return ShownEvent(
        version=recorded.version,
        kind=type(recorded.event).__name__,
        verb=verb,
        label=_label(verb, ledgers.playbook(recorded.playbook_sha)),
        occurred_on=recorded.occurred_on,
        recorded_at=recorded.recorded_at.astimezone(zone),
        acted_by=names.person(recorded.acted_by),
        typed_by=names.person(recorded.typed_by),
        unit=names.unit(recorded.unit_id),
        post=names.post(recorded.post_id),
        source=None if source is None else ShownSource(kind=source.kind, note=source.note),
        facts=facts_of(recorded.event),
    )


def _label(verb: str, playbook: Playbook) -> Words:
    """The playbook's word for the move; a reorganisation may transfer where the playbook knows no transfer."""
    return next(
        (Words.of(move.label) for move in playbook.moves if move.verb == verb), Words(zh=verb, en=verb)
    )


def facts_of(event: Event) -> dict[str, Any]:
    """The event's own members that say something."""
    given = ((item, getattr(event, item.name)) for item in fields(event))
    return {
        item.name: _plain(value) for item, value in given if item.default is MISSING or value != item.default
    }


def _plain(value: Any) -> Any:
    match value:
        case SealedRef():
            return {"sealed": True}
        case EvidenceRef() | RowOrigin() | Part():
            return {name: _plain(getattr(value, name)) for name in SHOWN[type(value)]}
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case UUID():
            return str(value)
        case _:
            return value
