"""The columns of a playbook's list, and what stands in them. Formatted here, because filters in a
template cost more than the database does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from taizhang.core.fields import format_value
from taizhang.core.playbook import COLUMN_WORDS, Field, Playbook
from taizhang.core.values import FLAGS, SealedRef, Value
from taizhang.desk.asking import Asking
from taizhang.desk.lights import Light, light
from taizhang.ledger.queries import Listed

SEALED = {"zh": "〔已密封〕", "en": "[sealed]"}


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str
    is_title: bool = False
    light: Light | None = None


@dataclass(frozen=True, slots=True)
class Row:
    entry_id: str
    number: str
    cells: tuple[Cell, ...]


Filling = Callable[[Listed], Cell]


class Columns:
    """The columns of one ledger's list, with the number always first."""

    def __init__(self, playbook: Playbook, asking: Asking) -> None:
        self._playbook, self._asking, self._language = playbook, asking, asking.language
        keys = [key for key in playbook.list_columns or ("title", "stage", "due_on") if key != "number"]
        fillings = [self._column(key) for key in keys]
        self._columns = [filling for filling in fillings if filling is not None]
        self.labels = [label for label, _filling in self._columns]

    def row(self, entry: Listed) -> Row:
        return Row(str(entry.entry_id), entry.number, tuple(fill(entry) for _label, fill in self._columns))

    def _column(self, key: str) -> tuple[str, Filling] | None:
        field = self._playbook.field_of.get(key)
        if field is not None and field.stands_for not in ("lead_unit", "due_on"):
            return self._of_field(field)
        if key in COLUMN_WORDS or field is not None:
            label = (
                COLUMN_WORDS[key].text(self._language) if field is None else field.label.text(self._language)
            )
            own = key if field is None else str(field.stands_for)
            return label, self._own(own, label)
        return None

    def _of_field(self, field: Field) -> tuple[str, Filling]:
        label, is_title = field.label.text(self._language), field.stands_for == "title"

        def fill(entry: Listed) -> Cell:
            return Cell(label, text_of(field, entry.fields.get(field.key), self._asking), is_title)

        return label, fill

    def _own(self, key: str, label: str) -> Filling:
        match key:
            case "stage":
                return lambda entry: Cell(label, self._asking.word(self._playbook.stage_label(entry.stage)))
            case "lead_unit":
                return lambda entry: Cell(label, self._unit(entry.lead_unit_id))
            case "due_on":
                return lambda entry: self._due(label, entry)
            case "registered_on":
                return lambda entry: Cell(label, entry.registered_on.isoformat())
            case _:
                return lambda entry: Cell(
                    label, "、".join(flag_word(flag, self._asking) for flag in entry.flags)
                )

    def _unit(self, unit_id: int | None) -> str:
        return "" if unit_id is None else self._asking.units.name(unit_id)

    def _due(self, label: str, entry: Listed) -> Cell:
        text = entry.due_on.isoformat() if entry.due_on is not None else ""
        is_open = self._playbook.is_open(entry.stage)
        return Cell(label, text, light=light(entry.due_on, self._asking.today, is_open=is_open))


def flag_word(flag: Any, asking: Asking) -> str:
    zh, en = FLAGS[flag]
    return zh if asking.language == "zh" else en


def text_of(field: Field, raw: Any, asking: Asking) -> str:
    """A field as the projection holds it; of a sealed one only that there is something."""
    if isinstance(raw, dict | SealedRef):
        return SEALED[asking.language]
    value: Value | None = tuple(map(str, raw)) if isinstance(raw, list | tuple) else raw
    return format_value(field, value, asking.language)
