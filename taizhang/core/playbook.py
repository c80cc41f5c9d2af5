"""The playbook (方案): what a ledger's entries hold, which stages they pass and who may move them.

A playbook is text. These are the frozen shapes that text is read into; `core.playbook_text`
reads it, `core.playbook_check` proves it, `docs/playbooks.md` explains every key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from taizhang.core.wording import Label, listed

FieldKind = Literal[
    "text",
    "longtext",
    "choice",
    "choices",
    "category",
    "number",
    "money",
    "date",
    "datetime",
    "yesno",
    "place",
    "unit",
    "units",
    "post",
    "contact",
    "file",
]
StandsFor = Literal[
    "title",
    "summary",
    "lead_unit",
    "assisting_units",
    "due_on",
    "category",
    "closure",
]
Visibility = Literal["public", "internal", "sealed"]
StageKind = Literal["open", "done", "closed", "declined", "void"]
Standing = Literal["any", "ledger", "registering", "lead", "assisting", "involved", "above", "outside"]
Verb = Literal[
    "register",
    "amend",
    "admit",
    "decline",
    "assign",
    "claim",
    "accept",
    "return",
    "transfer",
    "split",
    "progress",
    "attach",
    "report_done",
    "pass",
    "fail",
    "close_out",
    "void",
    "comment",
    "instruct",
    "flag",
    "send_claim",
]

FIELD_KINDS: tuple[str, ...] = get_args(FieldKind)
STANDS_FOR: tuple[str, ...] = get_args(StandsFor)
STAGE_KINDS: tuple[str, ...] = get_args(StageKind)
STANDINGS: tuple[str, ...] = get_args(Standing)
VERBS: tuple[str, ...] = get_args(Verb)
STAYING_VERBS = frozenset({"amend", "progress", "attach", "comment", "instruct", "flag", "split"})
"""Verbs that record a fact and leave the entry in its stage."""
ADVANCING_VERBS = frozenset({"admit", "assign", "claim", "accept", "report_done", "pass", "close_out"})
"""Verbs that bring an entry nearer to its closing."""

NEEDS: dict[str, tuple[str, str]] = {
    "due_on": ("到期日", "a due date"),
    "lead_unit": ("牵头单位", "a lead unit"),
    "reason": ("理由", "a reason"),
    "text": ("说明文字", "words"),
    "evidence": ("佐证材料", "at least one file attached"),
    "before_after": ("整改前、整改后材料", "files from before and from after"),
    "responsible_post": ("责任人岗位", "a responsible post"),
    "overseeing_post": ("分管领导岗位", "an overseeing post"),
    "notice": ("书面告知", "the written notice"),
}
"""What a move may ask for before it is made; code meaning: (Chinese, English)."""

COLUMN_WORDS: dict[str, Label] = {
    "number": Label("编号", "Number"),
    "stage": Label("环节", "Stage"),
    "lead_unit": Label("牵头单位", "Lead unit"),
    "due_on": Label("到期日", "Due on"),
    "registered_on": Label("登记日期", "Registered on"),
    "flags": Label("标记", "Flags"),
}
"""List columns every entry has whatever its fields. A field so named must stand for the same thing."""

OPEN_STAGES = "open"
"""In a playbook's text: every stage that is not an end."""

CLAIMED_STAGE = "claimed"
"""Where an imported row stands that says of itself it is closed. In every playbook, a `[[stage]]` in none."""
CLAIMED_LABEL = Label("历史销号·未经本平台核查", "Claimed closed before, never verified here")


@dataclass(frozen=True, slots=True)
class Category:
    """A node of a category tree. `path` joins the names from the root with `/` and is what an entry stores,
    because names repeat under different parents."""

    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Field:
    """One declared column of a ledger."""

    key: str
    label: Label
    kind: FieldKind = "text"
    choices: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    unit: str = ""
    decimals: int = 2
    required: bool = False
    required_at: frozenset[str] = frozenset()
    visibility: Visibility = "internal"
    original: bool = False
    subject: str = "reporter"
    stands_for: StandsFor | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def is_sealed(self) -> bool:
        """Contacts, originals and whatever the playbook seals never stand in an event."""
        return self.kind == "contact" or self.original or self.visibility == "sealed"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the loop. `kind` says what it means to the engine; the words are the playbook's."""

    key: str
    label: Label
    kind: StageKind = "open"
    clock: str = ""
    no_clock: str = ""

    @property
    def clock_days(self) -> int | None:
        """Natural days the stage may take; None where the due date given at assignment runs, or no clock."""
        days = self.clock.removesuffix("自然日").removesuffix("days").strip()
        return int(days) if days.isdecimal() else None

    @property
    def is_end(self) -> bool:
        return self.kind in ("closed", "declined", "void")


@dataclass(frozen=True, slots=True)
class Role:
    """Who may do something: a duty the post carries, and where its unit stands towards the entry."""

    key: str
    label: Label
    duty: str
    standing: Standing = "any"


@dataclass(frozen=True, slots=True)
class Move:
    """One verb made possible from some stages, for some roles, under some needs."""

    verb: Verb
    label: Label
    from_stages: frozenset[str]
    to: str | None
    who: tuple[str, ...]
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Metric:
    """A named count over stages: entries `standing` in them at a day, or `entered` / `left` in a period."""

    key: str
    label: Label
    count: Literal["standing", "entered", "left"]
    stages: tuple[str, ...]
    period: Literal["day", "week", "month", "year", "all"] = "day"


@dataclass(frozen=True, slots=True)
class SheetRules:
    """How an office's own sheet meets the fields: identity of a row, and words that claim a closure."""

    key: tuple[str, ...] = ()
    closed_words: tuple[str, ...] = ()
    starts_at: str = ""


@dataclass(frozen=True)
class Playbook:
    """A whole playbook, pinned by the hash of its text (`sha`)."""

    key: str
    version: str
    name: Label
    entry_word: Label
    fields: tuple[Field, ...]
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]
    moves: tuple[Move, ...]
    number_pattern: str = "{year}-{serial:05d}"
    number_period: Literal["year", "none"] = "year"
    list_columns: tuple[str, ...] = ()
    sheet: SheetRules = field(default_factory=SheetRules)
    metrics: tuple[Metric, ...] = ()
    papers: Mapping[str, str] = field(default_factory=dict)
    briefing: str = ""
    sha: str = ""
    about: Label = field(default_factory=lambda: Label(""))
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, repr=False, compare=False)
    """Where each key stands in playbook.toml, for whoever has to name it: ("field", 3, "kind") → 41."""

    @cached_property
    def field_of(self) -> dict[str, Field]:
        return {item.key: item for item in self.fields}

    @cached_property
    def sealed_fields(self) -> tuple[Field, ...]:
        return tuple(item for item in self.fields if item.is_sealed)

    @cached_property
    def stage_of(self) -> dict[str, Stage]:
        return {item.key: item for item in self.stages}

    @cached_property
    def role_of(self) -> dict[str, Role]:
        return {item.key: item for item in self.roles}

    @cached_property
    def _move_of(self) -> dict[tuple[str, str], Move]:
        return {(move.verb, stage): move for move in self.moves for stage in move.from_stages}

    @cached_property
    def _standing_for(self) -> dict[str, Field]:
        return {item.stands_for: item for item in self.fields if item.stands_for is not None}

    @property
    def register_move(self) -> Move:
        return next(move for move in self.moves if move.verb == "register")

    @property
    def first_stage(self) -> str:
        """Where a newly registered entry stands."""
        to = self.register_move.to
        assert to is not None, "playbook_text refuses a register move without `to`"
        return to

    @cached_property
    def main_line(self) -> tuple[str, ...]:
        """The stages an entry passes when nothing goes wrong: of the ways from registration to closing out the
        longest, so that no shortcut hides a stage. A way goes on, to stages the playbook lists later."""
        ways: dict[str, tuple[str, ...]] = {}
        for stage in reversed(self.stages):
            onward = (
                (stage.key, *ways[move.to])
                for move in self.moves
                if move.verb in ADVANCING_VERBS and stage.key in move.from_stages and move.to in ways
            )
            ways[stage.key] = max(onward, key=self._closes_and_length, default=(stage.key,))
        return ways[self.first_stage]

    @cached_property
    def stages_before_done(self) -> frozenset[str]:
        """The open stages from which the work has still to be reported done, and therefore to be verified."""
        found = {stage for move in self.moves if move.verb == "report_done" for stage in move.from_stages}
        onward = [
            move for move in self.moves if move.verb in ADVANCING_VERBS - {"report_done", "pass", "close_out"}
        ]
        while more := {stage for move in onward if move.to in found for stage in move.from_stages} - found:
            found |= more
        return frozenset(stage.key for stage in self.stages if stage.key in found and stage.kind == "open")

    def _closes_and_length(self, way: tuple[str, ...]) -> tuple[bool, int]:
        return self.stage_of[way[-1]].kind == "closed", len(way)

    def move(self, verb: str, stage: str) -> Move | None:
        """The move this verb makes from this stage, or None where the playbook knows none."""
        return self._move_of.get((verb, stage))

    def field_standing_for(self, what: StandsFor) -> Field | None:
        return self._standing_for.get(what)

    def role_words(self, roles: Iterable[str]) -> Label:
        """These roles, in the words of the office."""
        return listed(self.role_of[role].label for role in roles)

    def stage_label(self, stage: str) -> Label:
        return CLAIMED_LABEL if stage == CLAIMED_STAGE else self.stage_of[stage].label

    def is_open(self, stage: str) -> bool:
        """Whether somebody still owes something: neither an end, nor a claim in nobody's to-do."""
        return stage != CLAIMED_STAGE and not self.stage_of[stage].is_end

    @cached_property
    def needed_at(self) -> dict[str, tuple[Field, ...]]:
        """Fields that must be filled before an entry may enter a stage."""
        return {
            stage.key: tuple(item for item in self.fields if item.required or stage.key in item.required_at)
            for stage in self.stages
        }
