"""A ledger in the making: what was read of a sheet, once, and what has been answered about it since.

The answers are what the form holds, typed or guessed, and so survive every refusal; the playbook is made from them
anew each time. Whoever edits the text leaves them behind: from then on the text is the playbook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, get_args

from taizhang.core.field_readers import SEPARATORS, shown
from taizhang.core.playbook import Field, FieldKind, Playbook, Stage, StandsFor
from taizhang.core.playbook_draft import Draft, on_one_line
from taizhang.core.playbook_fields import KINDS_FOR
from taizhang.core.playbook_guess import Guess
from taizhang.core.playbook_infer import Column, infer
from taizhang.core.playbook_loop_draft import STAGES
from taizhang.core.playbook_text import key_of
from taizhang.core.wording import Label
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.refusals import TooManyColumns
from taizhang.formats.sheet.tables import contents_of, table_of, tables_of
from taizhang.ledger.importing.mapping import LEFT_OUT

MOST_COLUMNS = 200
"""Each is asked about in eight inputs of one form."""
SAMPLES = 4
"""Filled cells of each column that are shown beside it."""
MOST_WORDS, LONGEST_WORD = 20, 20
"""A column with more different contents, or longer ones, is no list of words to choose from."""
MOST_SHOWN = 60
"""Characters of a sample."""

KIND_IF_CHOSEN: dict[StandsFor, FieldKind] = {
    "title": "longtext",
    "lead_unit": "unit",
    "assisting_units": "units",
    "due_on": "date",
    "closure": "text",
    "category": "choice",
}
"""What a column becomes that is said to stand for something, where it is not of a fitting kind already."""
NUMBER = "number"
"""The question which column tells the rows apart; the others are called by what the column stands for."""
DUE_ON_WORDS = ("到期日", "due on", "due date")
"""How the form says, in either language, that a stage takes until the date given at assignment."""
_NATURAL_DAYS = "自然日"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the sheet: the `key` of its field, what it is called there and was called at first (`label`), why
    it was taken so, some contents, and its different contents where they are few."""

    key: str
    letter: str
    header: str
    label: str
    why: str
    samples: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafting:
    """`texts` is the edited text of the playbook, once somebody edited it; `tree` that of a category table."""

    sheet: str
    tables: tuple[str, ...]
    rows: int
    columns: tuple[SheetColumn, ...]
    answers: Mapping[str, str]
    tree: str = ""
    texts: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Drafting:
        columns = tuple(
            SheetColumn(**{**column, "samples": tuple(column["samples"]), "words": tuple(column["words"])})
            for column in kept["columns"]
        )
        return cls(**{**kept, "columns": columns, "tables": tuple(kept["tables"])})

    @property
    def playbook_texts(self) -> Mapping[str, str]:
        return self.draft.texts() if self.texts is None else self.texts

    @property
    def draft(self) -> Draft:
        """The draft as it was answered."""
        standing = self._standing()
        number = self.answers.get(f"is-{NUMBER}", "")
        kept = {*standing, number}
        left_out = {c.key for c in self.columns if not (self.answers.get(f"taken-{c.key}") or c.key in kept)}
        closed = (
            SEPARATORS.split(self.answers.get("closed_words", "")) if "closure" in standing.values() else ()
        )
        return Draft(
            key=self.answers.get("key", "").strip(),
            name=on_one_line(self.answers.get("name", "")),
            fields=tuple(Guess(_field(c, self.answers, standing.get(c.key)), c.why) for c in self.columns),
            left_out=frozenset(left_out),
            row_key=(number,) if number in {c.key for c in self.columns} else (),
            closed_words=tuple(dict.fromkeys(filter(None, map(on_one_line, closed)))),
            tree=self.tree,
            stages=tuple(_stage(stage, self.answers) for stage in STAGES),
        )

    def _standing(self) -> dict[str, StandsFor]:
        """Column → what it was first said to stand for; `doubled` names the others."""
        found: dict[str, StandsFor] = {}
        for what in KIND_IF_CHOSEN:
            if key := self.answers.get(f"is-{what}", ""):
                found.setdefault(key, what)
        return found

    @property
    def doubled(self) -> dict[StandsFor, StandsFor]:
        """What was said of a column that stands for something else already, and for what."""
        standing = self._standing()
        chosen = {what: key for what in KIND_IF_CHOSEN if (key := self.answers.get(f"is-{what}", ""))}
        return {what: standing[key] for what, key in chosen.items() if standing[key] != what}

    def given(self, playbook: Playbook) -> dict[str, str]:
        """The columns of the sheet for an import into this playbook, as far as it has their fields."""
        left_out = self.draft.left_out if self.texts is None else frozenset[str]()
        return {
            f"{self.sheet}!{column.letter}": LEFT_OUT if column.key in left_out else column.key
            for column in self.columns
            if column.key in left_out or column.key in playbook.field_of
        }


def begun(path: Path, file: str, sheet: str | None = None) -> Drafting:
    """A draft from the sheet of this name, else from the first that holds a table. Raises SheetRefused."""
    with open_book(path) as book:
        table = table_of(book, sheet)
        if len(table.columns) > MOST_COLUMNS:
            raise TooManyColumns(found=len(table.columns), most=MOST_COLUMNS)
        contents, rows = contents_of(table)
        tables = tuple(each.name for each in tables_of(book))
    name = on_one_line(table.titles[0] if table.titles else Path(file).stem)
    draft = infer(key_of(name), name, contents)
    columns = tuple(
        _column(guess, place.letter, content)
        for guess, place, content in zip(draft.fields, table.columns, contents, strict=True)
    )
    answers = dict(_guessed(draft)) | {
        f"choices-{column.key}": "\n".join(column.words)
        for guess, column in zip(draft.fields, columns, strict=True)
        if not guess.field.choices
    }
    return Drafting(table.name, tables, rows, columns, answers, draft.tree)


def answered(drafting: Drafting, posted: Mapping[str, str]) -> Drafting:
    """With the answers of the form: a box that is not ticked is not sent, everything else is."""
    return replace(drafting, answers={name: posted.get(name, "") for name in drafting.answers})


def edited(drafting: Drafting, texts: Mapping[str, str] | None) -> Drafting:
    """With these texts in place of the form's answers; with None the answers count again."""
    return replace(drafting, texts=texts)


def _column(guess: Guess, letter: str, content: Column) -> SheetColumn:
    texts = list(filter(None, (on_one_line(shown(cell)) for cell in content.samples)))
    words = list(dict.fromkeys(texts))
    few = len(words) <= MOST_WORDS and all(len(word) <= LONGEST_WORD for word in words)
    samples = tuple(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…" for text in texts[:SAMPLES])
    return SheetColumn(
        key=guess.field.key,
        letter=letter,
        header=on_one_line(content.label),
        label=guess.field.label.zh,
        why=guess.why,
        samples=samples,
        words=tuple(words) if few else (),
    )


def _guessed(draft: Draft) -> Iterator[tuple[str, str]]:
    """The answers a draft amounts to."""
    yield from (("name", draft.name), ("key", draft.key), ("unit", ""))
    yield "closed_words", "、".join(draft.closed_words)
    standing = {item.field.stands_for: item.field.key for item in draft.taken}
    yield from ((f"is-{what}", standing.get(what, "")) for what in KIND_IF_CHOSEN)
    yield f"is-{NUMBER}", "".join(draft.row_key)
    for item in draft.fields:
        key, field = item.field.key, item.field
        yield f"taken-{key}", "" if key in draft.left_out else "yes"
        yield f"label-{key}", field.label.zh
        yield f"kind-{key}", field.kind
        yield f"choices-{key}", "\n".join(field.choices)
        yield f"unit-{key}", field.unit
        yield f"decimals-{key}", str(field.decimals)
        yield f"required-{key}", "yes" if field.required else ""
        yield f"sight-{key}", "original" if field.original else field.visibility
    for stage in draft.stages:
        yield f"stage-{stage.key}", stage.label.zh
        yield f"clock-{stage.key}", _clock_words(stage.clock)


def _field(column: SheetColumn, answers: Mapping[str, str], stands_for: StandsFor | None) -> Field:
    def said(name: str) -> str:
        return answers.get(f"{name}-{column.key}", "").strip()

    kind = _kind(said("kind"), stands_for)
    label, sight = on_one_line(said("label")), said("sight")
    decimals = said("decimals")
    return Field(
        key=column.key,
        label=Label(label),
        kind=kind,
        choices=_choices(said("choices")) if kind in ("choice", "choices") else (),
        unit=said("unit") if kind in ("number", "money") else "",
        decimals=int(decimals) if decimals.isdecimal() and len(decimals) < 4 else 0,
        required=bool(said("required")) or stands_for == "title",
        # A contact is sealed whatever is said, and may not be declared to be anything else.
        visibility="public"
        if sight == "public" and kind != "contact"
        else "sealed"
        if sight == "sealed"
        else "internal",
        original=sight == "original",
        stands_for=stands_for,
        synonyms=(column.label,) if label != column.label else (),
    )


def _kind(said: str, stands_for: StandsFor | None) -> FieldKind:
    kind: FieldKind = said if said in get_args(FieldKind) else "text"  # type: ignore[assignment]  # one of the words
    return kind if stands_for is None or kind in KINDS_FOR[stands_for] else KIND_IF_CHOSEN[stands_for]


def _choices(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, map(on_one_line, typed.splitlines())))


def _stage(stage: Stage, answers: Mapping[str, str]) -> Stage:
    label = on_one_line(answers.get(f"stage-{stage.key}", ""))
    return replace(stage, label=Label(label), clock=_clock(answers.get(f"clock-{stage.key}", "").strip()))


def is_time(typed: str) -> bool:
    """Whether the form takes this for the time of a stage."""
    return typed.isdecimal() or typed.casefold() in DUE_ON_WORDS


def _clock(typed: str) -> str:
    """As a playbook has it; what is neither days nor the due date is left for its checker to refuse."""
    if typed.casefold() in DUE_ON_WORDS:
        return "due_on"
    return f"{int(typed)} {_NATURAL_DAYS}" if typed.isdecimal() else typed


def _clock_words(clock: str) -> str:
    return DUE_ON_WORDS[0] if clock == "due_on" else clock.removesuffix(_NATURAL_DAYS).strip()


def unlike(drafting: Drafting, taken: Collection[str]) -> Drafting:
    """Called by a key that none of those is."""
    key = drafting.answers["key"]
    numbered = (f"{key[:37].rstrip('_')}_{n}" for n in count(2))
    spare = key if key not in taken else next(each for each in numbered if each not in taken)
    return replace(drafting, answers={**drafting.answers, "key": spare})
