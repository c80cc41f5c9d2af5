"""What the colours and struck lines of a sheet mean: asked once for each, a stage, a flag or nothing.

A colour over two filled cells of a row is the row's; on one cell, or on empty ones as a tick, it is its column's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast

from taizhang.core.playbook import Playbook
from taizhang.core.values import FLAGS, Flag
from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.colours import colour_words
from taizhang.formats.sheet.signs import Signs
from taizhang.ledger.importing.refusals import NoSuchMark, NoSuchMeaning

STRUCK = "strike"
MOST = 60
"""Different marks of one file that can be given a meaning; more are decoration."""
_WHOLE_ROW = 2
NOTHING = ""


class Mark(NamedTuple):
    """A sign rows bear: a colour (`FF0000`) or `STRUCK`, over the row, or in the column of this label."""

    sign: str
    column: str = ""

    @property
    def key(self) -> str:
        return f"{self.sign}@{self.column}" if self.column else self.sign

    @property
    def words(self) -> Label:
        """`红色 整行`, `蓝色 “做”列`."""
        zh, en = ("删除线", "struck through") if self.sign == STRUCK else colour_words(self.sign)
        zh = zh if self.sign == STRUCK else f"{zh}色"
        if self.column:
            return Label(f"{zh} “{self.column}”列", f"{en}, column `{self.column}`")
        return Label(f"{zh} 整行", f"{en}, the row")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a mark says of its row: that it stands at an open stage, was closed or done before (a claim), a flag."""

    kind: Literal["stage", "claim", "flag"]
    key: str
    label: Label

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.key}"


class Said(NamedTuple):
    """What all marks of a row say together; `contradicts` where they name different stages."""

    stage: Meaning | None = None
    flags: tuple[Flag, ...] = ()
    words: str = ""
    contradicts: bool = False


@dataclass(slots=True)
class Seen:
    """How many rows bear a mark, and the first of them."""

    mark: Mark
    cell: str
    example: str
    rows: int = 0


def marks_of(signs: Signs, cells: Sequence[Cell], labels: Sequence[str]) -> tuple[Mark, ...]:
    """The marks of one row."""
    found: list[Mark] = []
    for colour, places in signs.colours:
        found += _placed(colour, places, cells, labels)
    filled = [place for place in signs.struck if cells[place] is not None]
    found += _placed(STRUCK, filled, cells, labels)
    return tuple(dict.fromkeys(found))


def _placed(sign: str, places: Sequence[int], cells: Sequence[Cell], labels: Sequence[str]) -> Iterator[Mark]:
    if sum(cells[place] is not None for place in places) >= _WHOLE_ROW:
        yield Mark(sign)
    else:
        yield from (Mark(sign, labels[place]) for place in places)


def meanings(playbook: Playbook) -> list[Meaning]:
    """All a mark can mean in this ledger. A stage after the work is done is only ever a claim; an accusation
    names units, which a colour cannot."""
    stages = [
        Meaning("stage" if stage.key in playbook.stages_before_done else "claim", stage.key, stage.label)
        for stage in playbook.stages
        if stage.kind in ("open", "done", "closed")
    ]
    flags = [Meaning("flag", flag, Label(zh, en)) for flag, (zh, en) in FLAGS.items() if flag != "accusation"]
    return stages + flags


def meaning_named(text: str, playbook: Playbook) -> str:
    """What a user calls a meaning, by its value, key or label, as `Marks` takes it. Raises NoSuchMeaning."""
    if not text.strip():
        return NOTHING
    for one in meanings(playbook):
        if text.strip() in (one.value, one.key, one.label.zh, one.label.en):
            return one.value
    known = "、".join(f"{one.label}（{one.key}）" for one in meanings(playbook))
    raise NoSuchMeaning(
        Label(f"没有“{text}”这个环节或标记；有：{known}", f"no stage or flag `{text}`; there are: {known}")
    )


@dataclass(slots=True)
class Marks:
    """Counts the marks of a file and reads them by the meanings given: key of a mark → value of a meaning."""

    playbook: Playbook
    given: Mapping[str, str]
    language: Language
    seen: dict[str, Seen] = field(default_factory=dict)
    uncounted: int = 0
    _known: dict[tuple[Mark, ...], Said] = field(default_factory=dict)

    def note(self, marks: Iterable[Mark], cell_of: Callable[[str], str], example: str) -> None:
        """One more row that bears them. `cell_of`: its cell in the column of a label, or its first."""
        for mark in marks:
            seen = self.seen.get(mark.key)
            if seen is None:
                if len(self.seen) >= MOST:
                    self.uncounted += 1
                    continue
                seen = self.seen[mark.key] = Seen(mark, cell_of(mark.column), example)
            seen.rows += 1

    def said(self, marks: tuple[Mark, ...]) -> Said:
        if not marks:
            return _NOTHING_SAID
        found = self._known.get(marks)
        if found is None:
            found = self._known[marks] = self._read(marks)
        return found

    def check(self, named: Iterable[str]) -> None:
        """Every mark a user named is there. Raises NoSuchMark."""
        missing = [key for key in named if key not in self.seen]
        if missing:
            known = "、".join(f"{key}（{seen.mark.words.zh}）" for key, seen in self.seen.items())
            zh, en = f"；有：{known}" if known else "", f"; there are: {known}" if known else ""
            names = "、".join(missing)
            raise NoSuchMark(Label(f"表里没有这种颜色或删除线：{names}{zh}", f"no such mark: {names}{en}"))

    def _read(self, marks: Sequence[Mark]) -> Said:
        of = {one.value: one for one in meanings(self.playbook)}
        told = [(mark, of[value]) for mark in marks if (value := self.given.get(mark.key, NOTHING)) in of]
        stages = list(dict.fromkeys(one for _, one in told if one.kind != "flag"))
        flags = tuple(dict.fromkeys(cast("Flag", one.key) for _, one in told if one.kind == "flag"))
        words = "；".join(
            f"{mark.words.text(self.language)}：{one.label.text(self.language)}" for mark, one in told
        )
        return Said(stages[0] if len(stages) == 1 else None, flags, words, len(stages) > 1)


_NOTHING_SAID = Said()
