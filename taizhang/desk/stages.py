"""The stages above an entry: those it has passed, the one it stands in, those that still lie ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.desk.sight import Sight

Place = Literal["passed", "present", "ahead"]


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stage of the strip; `day` is the last on which the entry came to it."""

    label: str
    place: Place
    day: str = ""


def strip_of(sight: Sight) -> list[StageMark]:
    """Along the playbook's main line. A stage the entry never stood in is not said to be passed, and nothing
    lies ahead of one that has come to an end or only claims to have."""
    entry, playbook = sight.entry, sight.playbook
    line = (CLAIMED_STAGE, *playbook.main_line) if entry.closure_claimed else playbook.main_line
    came = _days(sight)
    if entry.stage in line:
        at = line.index(entry.stage)
        before, after = line[:at], line[at + 1 :]
    else:
        at = max((n for n, stage in enumerate(line, 1) if stage in came), default=0)
        before, after = line[:at], line[at:]
    passed = [_mark(sight, stage, "passed", came[stage]) for stage in before if stage in came]
    ahead = [_mark(sight, stage, "ahead") for stage in after] if playbook.is_open(entry.stage) else []
    return [*passed, _mark(sight, entry.stage, "present", came[entry.stage]), *ahead]


def _days(sight: Sight) -> dict[str, str]:
    """Stage → the day of the last event that brought the entry there."""
    found = ((getattr(recorded.event, "stage", None), recorded.occurred_on) for recorded in sight.history)
    return {stage: day.isoformat() for stage, day in found if stage is not None}


def _mark(sight: Sight, stage: str, place: Place, day: str = "") -> StageMark:
    return StageMark(sight.asking.word(sight.playbook.stage_label(stage)), place, day)
