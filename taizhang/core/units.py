"""The tree of units and their posts as the rules need them: who stands below whom, and who took whose place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class UnitSpan:
    """One unit's place in the tree and the days it exists: `from_on` included, `to_on` excluded."""

    unit_id: int
    name: str
    parent_id: int | None
    from_on: date | None = None
    to_on: date | None = None
    successor_ids: tuple[int, ...] = ()

    def exists_on(self, day: date) -> bool:
        return covers(self.from_on, self.to_on, day)


@dataclass(frozen=True, slots=True)
class PostSpan:
    """One post: what it is called, its unit, and the days it exists."""

    post_id: int
    name: str
    unit_id: int
    from_on: date | None = None
    to_on: date | None = None

    def exists_on(self, day: date) -> bool:
        return covers(self.from_on, self.to_on, day)


def covers(from_on: date | None, to_on: date | None, day: date) -> bool:
    """Whether a span of days, its last one excluded, has the day in it; none of either means open."""
    return (from_on is None or from_on <= day) and (to_on is None or day < to_on)


@dataclass(frozen=True)
class Units:
    """A picture of the whole tree, taken once for a batch of decisions.

    `on` is the day it shows; without one, a unit with an end is taken for dissolved.
    """

    spans: Mapping[int, UnitSpan] = field(default_factory=dict)
    on: date | None = None

    @cached_property
    def _predecessors(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        for span in self.spans.values():
            for successor in span.successor_ids:
                found[successor] = (*found.get(successor, ()), span.unit_id)
        return found

    @cached_property
    def _lines(self) -> dict[int, frozenset[int]]:
        return {}

    def line(self, unit_id: int) -> frozenset[int]:
        """The unit, every unit above it, and every unit whose place one of these took.

        Two units are the same side of a matter when one stands on the line of the other: a
        section belongs to its bureau, and a merged township answers for what its parts did.
        """
        cached = self._lines.get(unit_id)
        if cached is None:
            cached = self._lines[unit_id] = frozenset(self._walk(unit_id))
        return cached

    def _walk(self, unit_id: int) -> set[int]:
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            waiting.extend(self._predecessors.get(current, ()))
            span = self.spans.get(current)
            if span is not None and span.parent_id is not None:
                waiting.append(span.parent_id)
        return seen

    @cached_property
    def _beneath(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for span in self.spans.values():
            if span.parent_id is not None:
                found.setdefault(span.parent_id, []).append(span.unit_id)
            if self._is_dissolved(span):
                for successor in span.successor_ids:
                    found.setdefault(successor, []).append(span.unit_id)
        return found

    def _is_dissolved(self, span: UnitSpan) -> bool:
        return span.to_on is not None and (self.on is None or span.to_on <= self.on)

    def below(self, unit_ids: Iterable[int]) -> frozenset[int]:
        """The units, everything below them, and every dissolved unit whose place these took: what a scope covers.

        A unit that still lives beside its successor (a part was split off) is not below it.
        """
        seen: set[int] = set()
        waiting = list(unit_ids)
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting.extend(self._beneath.get(current, ()))
        return frozenset(seen)

    def places(self, unit_id: int) -> frozenset[int]:
        """The unit and every unit whose place it took, without those above."""
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting.extend(self._predecessors.get(current, ()))
        return frozenset(seen)

    def exists_on(self, unit_id: int, day: date) -> bool:
        span = self.spans.get(unit_id)
        return span is not None and span.exists_on(day)

    def name(self, unit_id: int) -> str:
        span = self.spans.get(unit_id)
        return span.name if span is not None else f"#{unit_id}"
