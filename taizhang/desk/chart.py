"""A chart of units: for each a bar of what is still open, in parts by stage, all to one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_BARS = 15
"""More are a wall: the table below has them all."""

COLOURS = 8
"""As many as the style sheet tells apart; further stages begin again."""


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    colour: int


@dataclass(frozen=True, slots=True)
class Part:
    """One stage's part of a bar: where it begins and how long it is, of 100, as SVG takes numbers."""

    stage: Stage
    n: int
    begins: str
    length: str


def stages_of(labels: Iterable[str]) -> tuple[Stage, ...]:
    """The stages with their colours, for the legend and the bars."""
    return tuple(Stage(label, n % COLOURS + 1) for n, label in enumerate(labels))


def bar(stages: Sequence[Stage], counts: Sequence[int], longest: int) -> tuple[Part, ...]:
    """The parts of one bar; `longest` is the sum of the longest one."""
    ends = list(accumulate(counts))
    return tuple(
        Part(stage, n, _of_100(end - n, longest), _of_100(n, longest))
        for stage, n, end in zip(stages, counts, ends, strict=True)
        if n
    )


def _of_100(n: int, longest: int) -> str:
    return f"{100 * n / longest:.2f}"
