"""Proves a playbook before a ledger is opened on it, and counts what it asks of a township.

`playbook_text` has refused what cannot be read; here is what reads well and would still go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from taizhang.core.playbook import NEEDS, Field, Move, Playbook, Stage
from taizhang.core.playbook_fields import field_faults
from taizhang.core.playbook_loop import loop_faults
from taizhang.core.playbook_names import name_faults, paper_problems
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_text import read_playbook
from taizhang.core.wording import Label

_FILES = {"evidence": 1, "before_after": 2}
_SIDE_VERBS = frozenset({"return", "transfer", "void", "decline", "fail"})
"""Ways out of a stage that hand the matter to somebody else instead of moving it on."""


def check(playbook: Playbook) -> tuple[Problem, ...]:
    """Every fault of the playbook by line; empty when all is proved.

    Proved are: every stage reached, every open one leading to an end and with a clock or a reason
    for none; no closing without independent verification; every name, column, synonym and
    placeholder resolved; a title; sealed fields in no list and no key.
    """
    faults = [*name_faults(playbook), *field_faults(playbook), *loop_faults(playbook)]
    found = dict.fromkeys(fault.located(playbook) for fault in faults)
    return (*sorted(found, key=lambda problem: problem.line), *paper_problems(playbook))


def proven(texts: Mapping[str, str]) -> Playbook:
    """The playbook these texts describe, read and proved. Raises `PlaybookRefused` with every problem."""
    playbook = read_playbook(texts)
    if problems := check(playbook):
        raise PlaybookRefused(problems)
    return playbook


@dataclass(frozen=True, slots=True)
class StageBurden:
    """What the handling unit owes to bring an entry out of a stage, by the most demanding way on.

    `fields` are what it has to fill in, `files` how many it has to attach, `signatures` how many
    acts it does in its own name. A stage where the unit only waits asks nothing.
    """

    stage: str
    label: Label
    fields: tuple[Label, ...] = ()
    files: int = 0
    signatures: int = 0


def burden(playbook: Playbook) -> tuple[StageBurden, ...]:
    """The burden of each stage that is not an end, in the playbook's order."""
    return tuple(_stage_burden(playbook, stage) for stage in playbook.stages if not stage.is_end)


def _stage_burden(playbook: Playbook, stage: Stage) -> StageBurden:
    ways = [
        _way_burden(playbook, stage, move) for move in playbook.moves if _is_the_units(playbook, stage, move)
    ]
    nothing = StageBurden(stage.key, stage.label)
    return max(ways, key=lambda way: len(way.fields) + way.files, default=nothing)


def _is_the_units(playbook: Playbook, stage: Stage, move: Move) -> bool:
    onward = stage.key in move.from_stages and move.to is not None and move.verb not in _SIDE_VERBS
    return onward and any(playbook.role_of[role].duty == "handle" for role in move.who)


def _way_burden(playbook: Playbook, stage: Stage, move: Move) -> StageBurden:
    fields = _fields_owed(playbook, stage, move)
    given = tuple(Label(*NEEDS[need]) for need in sorted(move.needs) if need not in _FILES)
    return StageBurden(
        stage=stage.key,
        label=stage.label,
        fields=(*(item.label for item in fields if item.kind != "file"), *given),
        files=sum(item.kind == "file" for item in fields) + sum(_FILES.get(need, 0) for need in move.needs),
        signatures=1,
    )


def _fields_owed(playbook: Playbook, stage: Stage, move: Move) -> tuple[Field, ...]:
    """Needed where the move leads and not yet where it starts."""
    there = playbook.needed_at.get(move.to or "", ())
    here = playbook.needed_at[stage.key]
    return tuple(item for item in there if item not in here)
