"""What a ledger of the demo is filled with: a scene's `plans/<playbook>.toml` read into shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from taizhang.core.playbook import Verb
from taizhang.core.values import Flag

REST = "wait"
"""In a walk: the entry stays where it is, for good."""
DAYS = "days"


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of matter: how often, whose line of work, and its own words."""

    name: str
    weight: int
    line: tuple[str, ...]
    words: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class FieldText:
    """What is written into a field, in `chance` of a hundred entries."""

    key: str
    text: str
    chance: int = 100


@dataclass(frozen=True, slots=True)
class Walk:
    """Where entries go from one stage, by weight, and after how many days (least, most)."""

    days: tuple[int, int]
    ways: Mapping[Verb | str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """One ledger. `share`: of all entries; `claims` and `long` in a hundred, `accusations` in a thousand."""

    playbook: str
    key: str
    name: str
    unit: str
    share: int
    claims: int
    accusations: int
    long: int
    titles: list[str]
    long_title: str
    words: Mapping[str, list[str]]
    texts: Mapping[str, list[str]]
    files: Mapping[str, str]
    fields: tuple[FieldText, ...]
    amends: Mapping[str, FieldText]
    walks: Mapping[str, Walk]
    flags: Mapping[str, tuple[Flag, ...]]
    topics: tuple[Topic, ...]


def plan_of(playbook: str, given: Mapping[str, Any]) -> Plan:
    """The plan for a playbook's ledger, from its TOML."""
    return Plan(
        playbook=playbook,
        **given["ledger"],
        words=given["words"],
        texts=given["texts"],
        files=given["files"],
        fields=tuple(FieldText(**row) for row in given["field"]),
        amends={stage: FieldText(row["field"], row["text"]) for stage, row in given["amends"].items()},
        walks={stage: _walk(row) for stage, row in given["walk"].items()},
        flags={stage: tuple(cast("list[Flag]", names)) for stage, names in given["flags"].items()},
        topics=tuple(
            Topic(row["name"], row["weight"], tuple(row["line"]), row["words"]) for row in given["topic"]
        ),
    )


def _walk(row: Mapping[str, Any]) -> Walk:
    least, most = row[DAYS]
    return Walk((least, most), {verb: weight for verb, weight in row.items() if verb != DAYS})
