"""The tree over time: who stood below whom on which days, worked out without the database.

Days run from `ALWAYS` (no beginning known) to `NEVER` (no end); every span includes its first day
and excludes its last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from taizhang.org.refusals import BelowItself, NoSuchUnit, NothingChanges, NotThereThen, ParentNotThere

ALWAYS = date.min
NEVER = date.max


@dataclass(frozen=True, slots=True)
class PathSpan:
    """A unit stood at `path` on the days from `start` to before `end`."""

    path: str
    start: date
    end: date


@dataclass(slots=True)
class Life:
    """A unit's days, and under whom it stands from which day on (in order; the first is `start`)."""

    name: str
    start: date
    end: date
    parents: list[tuple[date, int | None]]

    def lives_on(self, day: date) -> bool:
        return self.start <= day < self.end

    def parent_on(self, day: date) -> int | None:
        at = bisect_right(self.parents, day, key=lambda fact: fact[0])
        return self.parents[at - 1][1]

    def spans(self) -> Iterator[tuple[date, date, int | None]]:
        ends = [start for start, _ in self.parents[1:]]
        for (start, parent), end in zip(self.parents, [*ends, self.end], strict=True):
            yield start, min(end, self.end), parent


def parents_of(paths: Iterable[PathSpan]) -> list[tuple[date, int | None]]:
    """A unit's dated parents from its own dated paths: where only somebody above moved, none changed."""
    found: list[tuple[date, int | None]] = []
    for span in paths:
        above = span.path.rstrip("/").split("/")[-2]
        parent = int(above) if above else None
        if not found or found[-1][1] != parent:
            found.append((span.start, parent))
    return found


@dataclass
class Chart:
    """Every unit's life, by its number."""

    lives: dict[int, Life] = field(default_factory=dict)

    def life(self, unit: int) -> Life:
        if unit not in self.lives:
            raise NoSuchUnit(unit=unit)
        return self.lives[unit]

    def living(self, unit: int, day: date) -> Life:
        """The unit's life, refused unless it exists on the day."""
        life = self.life(unit)
        if not life.lives_on(day):
            raise NotThereThen(unit=life.name, on=_shown(day))
        return life

    def place(self, unit: int, parent: int | None, day: date) -> set[int]:
        """Put the unit under another from the day until its next recorded move.

        Gives the units whose paths this may change: itself and all that were ever below it. Whether
        the place is possible shows when their `paths` are worked out.
        """
        life = self.living(unit, day)
        if life.parent_on(day) == parent:
            raise NothingChanges(unit=life.name, on=_shown(day))
        if parent is not None:
            self.life(parent)
        kept = [fact for fact in life.parents if fact[0] != day]
        life.parents = sorted([*kept, (day, parent)], key=lambda fact: fact[0])
        return self.ever_below(unit)

    def children_from(self, unit: int, day: date) -> list[int]:
        """Units that stand directly below this one on the day or later."""
        return [
            child
            for child, life in self.lives.items()
            if any(parent == unit and end > max(start, day) for start, end, parent in life.spans())
        ]

    def ever_below(self, unit: int) -> set[int]:
        """The unit and all that stood below it on any day."""
        children: defaultdict[int, list[int]] = defaultdict(list)
        for child, life in self.lives.items():
            for _, parent in life.parents:
                if parent is not None:
                    children[parent].append(child)
        return _reached(unit, children.__getitem__)

    def paths(self, unit: int) -> list[PathSpan]:
        """The unit's path on each of its days; refused where somebody above does not exist or is below."""
        life = self.life(unit)
        turns = {life.start, *self._turns_above(unit)}
        days = sorted(day for day in turns if life.start <= day < life.end)
        spans: list[PathSpan] = []
        for day, end in zip(days, [*days[1:], life.end], strict=True):
            path = self.path_on(unit, day)
            if spans and spans[-1].path == path:
                spans[-1] = PathSpan(path, spans[-1].start, end)
            else:
                spans.append(PathSpan(path, day, end))
        return spans

    def _turns_above(self, unit: int) -> Iterator[date]:
        """The days on which the path can change: facts of the unit and of all ever above it."""

        def parents(below: int) -> list[int]:
            return [parent for _, parent in self.life(below).parents if parent is not None]

        for each in _reached(unit, parents):
            life = self.lives[each]
            yield life.end
            yield from (start for start, _ in life.parents)

    def path_on(self, unit: int, day: date) -> str:
        """The unit's path on a day of its life ("/1/12/")."""
        line = [unit]
        while (parent := self.lives[line[-1]].parent_on(day)) is not None:
            if parent in line:
                raise BelowItself(unit=self.lives[unit].name, on=_shown(day))
            above = self.life(parent)
            if not above.lives_on(day):
                raise ParentNotThere(unit=self.lives[line[-1]].name, parent=above.name, on=_shown(day))
            line.append(parent)
        return "/" + "".join(f"{each}/" for each in reversed(line))


def _reached(unit: int, neighbours: Callable[[int], Iterable[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = [unit]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(neighbours(current))
    return seen


def _shown(day: date) -> str:
    """A day as messages show it."""
    return "最早 / the beginning" if day == ALWAYS else day.isoformat()
