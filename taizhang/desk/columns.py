"""The columns of a playbook's list, and what stands in them.

The rows are drawn here: a template resolves, tests and escapes node by node, and fifty rows of five
cells cost it more than all the rest of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from taizhang.core.fields import format_value
from taizhang.core.playbook import COLUMN_WORDS, Field, Playbook
from taizhang.core.values import FLAGS, SealedRef, Value
from taizhang.core.wording import Label
from taizhang.desk.asking import Asking, listed
from taizhang.desk.lights import light
from taizhang.ledger.queries import Listed

SEALED = {"zh": "〔已密封〕", "en": "[sealed]"}

Drawing = Callable[[Listed], str]
"""What of an entry stands in a cell, as HTML: whoever draws escapes the texts."""

OPENING = '<td data-label="{}">'
OPENING_TITLE = '<td class="title-cell" data-label="{}">'
OPENING_DATE = '<td class="date-cell" data-label="{}">'


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    draw: Drawing
    opening: str = OPENING


class Columns:
    """The columns of one ledger's list, with the number always first."""

    def __init__(self, playbook: Playbook, asking: Asking) -> None:
        self._playbook, self._asking, self._language = playbook, asking, asking.language
        keys = [key for key in playbook.list_columns or ("title", "stage", "due_on") if key != "number"]
        columns = [Column(_("编号"), _number), *(found for key in keys if (found := self._column(key)))]
        self.labels = [column.label for column in columns]
        self._cells = [(column.opening.format(escape(column.label)), column.draw) for column in columns]

    def rows(self, entries: Iterable[Listed]) -> SafeString:
        """The body of the table."""
        return mark_safe("".join(map(self._row, entries)))  # noqa: S308 - every cell escapes what it says

    def _row(self, entry: Listed) -> str:
        return f"<tr>{''.join([f'{opening}{draw(entry)}</td>' for opening, draw in self._cells])}</tr>\n"

    def _column(self, key: str) -> Column | None:
        field = self._playbook.field_of.get(key)
        if field is not None and field.stands_for not in ("lead_unit", "due_on"):
            return self._of_field(field)
        if field is not None:
            return self._own(field.label, str(field.stands_for))
        return self._own(COLUMN_WORDS[key], key) if key in COLUMN_WORDS else None

    def _of_field(self, field: Field) -> Column:
        def draw(entry: Listed) -> str:
            return escape(text_of(field, entry.fields.get(field.key), self._asking))

        label = field.label.text(self._language)
        if field.stands_for != "title":
            return Column(label, draw, OPENING_DATE if field.kind in ("date", "datetime") else OPENING)
        return Column(label, lambda entry: _titled(entry, draw(entry)), OPENING_TITLE)

    def _own(self, label: Label, key: str) -> Column:
        opening = OPENING_DATE if key in ("due_on", "registered_on") else OPENING
        return Column(label.text(self._language), self._drawing(key), opening)

    def _drawing(self, key: str) -> Drawing:
        asking, playbook = self._asking, self._playbook
        match key:
            case "stage":
                return lambda entry: escape(asking.word(playbook.stage_label(entry.stage)))
            case "lead_unit":
                return lambda entry: escape(_unit(entry.lead_unit_id, asking))
            case "due_on":
                return self._due
            case "registered_on":
                return lambda entry: entry.registered_on.isoformat()
            case _:
                return lambda entry: escape(listed(flag_word(flag, asking) for flag in entry.flags))

    def _due(self, entry: Listed) -> str:
        text = entry.due_on.isoformat() if entry.due_on is not None else ""
        shown = light(entry.due_on, self._asking.today, is_open=self._playbook.is_open(entry.stage))
        if shown is None:
            return text
        return f'{text} <span class="light light-{shown.kind}">{escape(shown.text)}</span>'


def _number(entry: Listed) -> str:
    return f'<a href="/entries/{entry.entry_id}/">{escape(entry.number)}</a>'


def _titled(entry: Listed, drawn: str) -> str:
    """A second way to the entry, for who presses what he reads; the number alone is a stop of the keyboard."""
    return f'<a class="clamp" href="/entries/{entry.entry_id}/" tabindex="-1">{drawn}</a>'


def _unit(unit_id: int | None, asking: Asking) -> str:
    return "" if unit_id is None else asking.units.name(unit_id)


def flag_word(flag: Any, asking: Asking) -> str:
    zh, en = FLAGS[flag]
    return zh if asking.language == "zh" else en


def text_of(field: Field, raw: Any, asking: Asking) -> str:
    """A field as the projection holds it; of a sealed one only that there is something."""
    if isinstance(raw, dict | SealedRef):
        return SEALED[asking.language]
    value: Value | None = tuple(map(str, raw)) if isinstance(raw, list | tuple) else raw
    return format_value(field, value, asking.language)
