"""Which column of a sheet fills which field of the playbook.

By the label, then by declared synonyms; nearness of words is only ever a suggestion. No column is
left out silently: it is mapped, a row counter, one of our own, or listed as unmapped.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from rapidfuzz import fuzz, process

from taizhang.core.playbook import Field, Playbook
from taizhang.core.wording import Label
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing.refusals import FieldTwice, NoSuchColumn, NoSuchField
from taizhang.ledger.sheet_columns import OWN_NUMBER, OWN_STAGE

LEFT_OUT = ""
"""In place of a field in the user's own assignments: what stands in this column is not registered."""

_SERIAL = re.compile(r"序号|序|序列号|行号|no\.?|#|№")
_BRACKETS = re.compile(r"(.+?)[(\[【]([^()\[\]【】]*)[)\]】]")
_NEAR_ENOUGH = 60


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column and the field it fills."""

    column: Column
    field: Field


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A column no field takes. `taken_by`: the column that fills the field it is named for.
    `nearest`: the field that may be meant. `left_out`: so the user wishes."""

    column: Column
    taken_by: Column | None = None
    nearest: Field | None = None
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Barred:
    """A column about persons that is not taken: why, and the sealed field it would fill if somebody said why.
    `reason`: what somebody said, where no sealed field takes it."""

    column: Column
    why: Label
    field: Field | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What became of every column of one sheet; `missing` are needed fields without a column, `admitted` the
    columns about persons that are taken, by their index, with the reasons."""

    mapped: tuple[Mapped, ...]
    unmapped: tuple[Unmapped, ...]
    serials: tuple[Column, ...]
    own_number: Column | None
    missing: tuple[Field, ...]
    barred: tuple[Barred, ...] = ()
    admitted: Mapping[int, str] = dataclasses.field(default_factory=dict)

    @property
    def fits(self) -> bool:
        unplaced = sum(not each.left_out for each in self.unmapped)
        return not self.missing and bool(self.mapped) and len(self.mapped) >= unplaced

    @property
    def aside(self) -> tuple[Unmapped | Barred, ...]:
        """Columns whose contents are registered nowhere."""
        return (*self.unmapped, *self.barred)

    def column_of(self, field: Field) -> Column | None:
        return next((each.column for each in self.mapped if each.field.key == field.key), None)


def norm(label: str) -> str:
    """A label as it is compared: half-width, no white space, no case, no marks of a form (*, ：)."""
    return "".join(normalize("NFKC", label).casefold().split()).strip("*:")


def map_columns(
    columns: Sequence[Column], playbook: Playbook, given: Mapping[str, str], sheet: str = ""
) -> ColumnMap:
    """The map of one sheet. `given` are the user's own assignments, column → field; they come first.

    A column is named there by its label, its last level, its letter, or as in `表一!B`; a field by key or
    label, `LEFT_OUT` for none. Columns of `given` this sheet does not have are left aside, and of two for one
    field both are kept (`check_given` looks at all sheets).
    """
    chosen = _chosen(columns, playbook, given, sheet)
    left_out = {index for index, field in chosen.items() if field is None}
    fixed = {index: field for index, field in chosen.items() if field is not None}
    serials = tuple(c for c in columns if c.index not in fixed and _SERIAL.fullmatch(norm(c.label)))
    rest = [column for column in columns if column not in serials]
    fields = _assigned([column for column in rest if column.index not in left_out], playbook, fixed)
    mapped = tuple(Mapped(c, fields[c.index]) for c in rest if c.index in fields)
    left = [column for column in rest if column.index not in fields]
    taken = {each.field.key: each.column for each in mapped}
    return ColumnMap(
        mapped=mapped,
        unmapped=tuple(
            Unmapped(c, left_out=True) if c.index in left_out else _unmapped(c, playbook, taken)
            for c in left
            if not _is_own(c)
        ),
        serials=serials,
        own_number=next((c for c in left if _is_called_as(c, OWN_NUMBER)), None),
        missing=tuple(field for field in needed(playbook) if field.key not in taken),
    )


def needed(playbook: Playbook) -> tuple[Field, ...]:
    """Fields without which no row can be registered, or be known again."""
    keys = playbook.sheet.key
    return tuple(field for field in playbook.fields if field.required or field.key in keys)


def check_given(given: Mapping[str, str], sheets: Mapping[str, Sequence[Column]], playbook: Playbook) -> None:
    """Raises NoSuchColumn, NoSuchField and FieldTwice for assignments that lead nowhere or to one place."""
    for name in given:
        if not any(is_called(c, name, sheet) for sheet, columns in sheets.items() for c in columns):
            known = "、".join(f"{c.letter} {c.label}" for columns in sheets.values() for c in columns)
            raise NoSuchColumn(
                Label(f"表里没有“{name}”这一列；有：{known}", f"no column `{name}`; there are: {known}")
            )
    zh, en = [], []
    for sheet, columns in sheets.items():
        for field, several in _given_twice(columns, playbook, given, sheet):
            names = "、".join(f"{column.letter} {column.label}" for column in several)
            zh.append(f"工作表“{sheet}”的 {names} 都指定为“{field.label}”，只能有一列")
            en.append(f"on sheet `{sheet}` {names} are all given to `{field.label.text('en')}`; one may be")
    if zh:
        raise FieldTwice(Label("；".join(zh) + "。", "; ".join(en) + "."))


def _given_twice(
    columns: Sequence[Column], playbook: Playbook, given: Mapping[str, str], sheet: str
) -> Iterator[tuple[Field, list[Column]]]:
    chosen = _chosen(columns, playbook, given, sheet)
    for field in playbook.fields:
        several = [column for column in columns if chosen.get(column.index) is field]
        if len(several) > 1:
            yield field, several


def _chosen(
    columns: Sequence[Column], playbook: Playbook, given: Mapping[str, str], sheet: str
) -> dict[int, Field | None]:
    """What the user wants of each column he named; None: left out."""
    return {
        column.index: None if field == LEFT_OUT else _field_named(field, playbook)
        for name, field in given.items()
        for column in columns
        if is_called(column, name, sheet)
    }


def _field_named(name: str, playbook: Playbook) -> Field:
    for field in playbook.fields:
        if name.strip() == field.key or norm(name) in map(norm, _both(field.label)):
            return field
    known = "、".join(f"{field.label}（{field.key}）" for field in playbook.fields)
    raise NoSuchField(
        Label(f"方案里没有“{name}”这个字段；有：{known}", f"no field `{name}`; there are: {known}")
    )


def is_called(column: Column, name: str, sheet: str) -> bool:
    """Whether a user means this column of this sheet by the name."""
    plain = name.strip()
    return (
        plain.upper() == column.letter
        or plain == f"{sheet}!{column.letter}"
        or norm(name)
        in (
            norm(column.label),
            norm(_last(column.label)),
        )
    )


def _is_own(column: Column) -> bool:
    return _is_called_as(column, OWN_NUMBER) or _is_called_as(column, OWN_STAGE)


def _is_called_as(column: Column, label: Label) -> bool:
    return norm(column.label) in map(norm, _both(label))


def _both(label: Label) -> list[str]:
    return [text for text in (label.zh, label.en) if text]


def _last(label: str) -> str:
    return label.rpartition("/")[2]


def _assigned(columns: Sequence[Column], playbook: Playbook, chosen: Mapping[int, Field]) -> dict[int, Field]:
    """Field by column, each at most once: the surest match first, then from left to right."""
    wanted = []
    for place, (field, rank, name) in enumerate(_names(playbook)):
        for column in columns:
            form = _matching_form(column.label, name, field)
            if form is not None:
                wanted.append((form, rank, column.index, place, field))
    assigned = dict(chosen)
    taken = {field.key for field in chosen.values()}
    for _, _, index, _, field in sorted(wanted, key=lambda one: one[:4]):
        if index not in assigned and field.key not in taken:
            assigned[index] = field
            taken.add(field.key)
    return assigned


def _names(playbook: Playbook) -> Iterator[tuple[Field, int, str]]:
    """Every name a field goes by, with how sure it is: its label, its synonyms, its key."""
    for field in playbook.fields:
        for rank, names in enumerate((_both(field.label), field.synonyms, (field.key,))):
            yield from ((field, rank, norm(name)) for name in names)


def _matching_form(label: str, name: str, field: Field) -> int | None:
    """How far a header had to be reduced to meet a field's name: whole, last level, without brackets."""
    forms = (norm(label), norm(_last(label)))
    if name in forms:
        return forms.index(name)
    for form in forms:
        found = _BRACKETS.fullmatch(form)
        if found and found[1] == name and _brackets_may_go(found[2], field):
            return 2
    return None


def _brackets_may_go(inside: str, field: Field) -> bool:
    """A unit in brackets is part of a number's name: 资金（元） is not 资金 in 万元."""
    return field.kind not in ("number", "money") or inside == norm(field.unit)


def _unmapped(column: Column, playbook: Playbook, taken: Mapping[str, Column]) -> Unmapped:
    for field, _, name in _names(playbook):
        if field.key in taken and _matching_form(column.label, name, field) is not None:
            return Unmapped(column, taken_by=taken[field.key])
    names = {
        (field.key, name): name
        for field, rank, name in _names(playbook)
        if rank < 2 and field.key not in taken
    }
    label = norm(_last(column.label))
    bare = found[1] if (found := _BRACKETS.fullmatch(label)) else label
    near = process.extractOne(bare, names, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
    return Unmapped(column, nearest=playbook.field_of[near[2][0]] if near else None)
