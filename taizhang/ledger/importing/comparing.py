"""What a row says otherwise than the entry it became: both values; of sealed ones only that they differ."""

from __future__ import annotations

from taizhang.core.fields import format_value
from taizhang.core.playbook import Field
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing.identity import HALF, RowIdentity
from taizhang.ledger.importing.known import KnownRow
from taizhang.ledger.importing.mapping import ColumnMap, Mapped
from taizhang.ledger.importing.rows import ReadRow

Difference = tuple[Column, str, Label]
"""The column, the fields' labels in the language asked for, and what differs."""

_NOT_SHOWN = Label(
    "台账里这一行的内容与表里不同，未采用；该条目不在您的范围内，不显示内容",
    "the ledger holds this row with other contents; not taken. The entry is outside your scope and not shown",
)
_SEALED = Label(
    "台账里的密封内容与表里不同，未采用，内容不显示",
    "the sealed contents in the ledger differ from the file; not taken, not shown",
)


class Comparison:
    """Compares the rows of one sheet with entries."""

    def __init__(self, columns: ColumnMap, language: Language, first: Column) -> None:
        self._open = [each for each in columns.mapped if not each.field.is_sealed]
        self._sealed = [each for each in columns.mapped if each.field.is_sealed]
        self._language, self._first = language, first

    def of(self, row: ReadRow, identity: RowIdentity, known: KnownRow) -> list[Difference]:
        """Empty where the ledger holds what the file says, be it that somebody amended the entry since."""
        if known.digest == identity.digest:
            return []
        if known.fields is None:
            return [(self._first, "", _NOT_SHOWN)]
        found: list[Difference] = []
        if known.digest[:HALF] != identity.digest[:HALF]:
            found += self._open_differences(row, known.fields)
        if known.digest[HALF:] != identity.digest[HALF:]:
            column = self._sealed[0].column if self._sealed else self._first
            labels = "、".join(each.field.label.text(self._language) for each in self._sealed)
            found.append((column, labels, _SEALED))
        return found

    def _open_differences(self, row: ReadRow, held: dict[str, object]) -> list[Difference]:
        said = {mapped.field.key: text for mapped, text in row.said}
        found = []
        for mapped in self._open:
            ours, theirs = _value(held.get(mapped.field.key)), row.fields.get(mapped.field.key)
            text = said.get(mapped.field.key, "") if theirs is None else ""
            if ours != theirs or (text and ours is None):
                found.append(self._differs(mapped, ours, theirs, text))
        return found

    def _differs(self, mapped: Mapped, ours: Value | None, theirs: Value | None, text: str) -> Difference:
        zh = [_shown(mapped.field, ours, "zh"), text or _shown(mapped.field, theirs, "zh")]
        en = [_shown(mapped.field, ours, "en"), text or _shown(mapped.field, theirs, "en")]
        message = Label(
            f"台账现为{_quoted(zh[0], '“{}”', '空')}，表里是{_quoted(zh[1], '“{}”', '空')}；未采用",
            f"the ledger holds {_quoted(en[0], '`{}`', 'nothing')}, the file says"
            f" {_quoted(en[1], '`{}`', 'nothing')}; not taken",
        )
        return mapped.column, mapped.field.label.text(self._language), message


def _value(raw: object) -> Value | None:
    """A field as the projection holds it."""
    if isinstance(raw, list):
        return tuple(map(str, raw))
    return raw if isinstance(raw, str | int) else None


def _shown(field: Field, value: Value | None, language: Language) -> str:
    return "" if isinstance(value, SealedRef) else format_value(field, value, language)


def _quoted(text: str, marks: str, nothing: str) -> str:
    return marks.format(text) if text else nothing
