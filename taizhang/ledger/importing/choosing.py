"""The columns of one sheet as they will be taken: what the user chose, without those about persons that are barred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from taizhang.core.playbook import Field, Playbook
from taizhang.formats.sheet.book import Sheet
from taizhang.ledger.importing.mapping import LEFT_OUT, Barred, ColumnMap, is_called, map_columns
from taizhang.ledger.importing.personal import personal_columns


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The user's word on columns, each named as `map_columns` takes it. `given`: column → field. `reasons`: column
    about persons → why it is taken. `takes_hidden`: whether hidden columns come in that `given` does not name."""

    given: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    takes_hidden: bool = True


def map_sheet(sheet: Sheet, playbook: Playbook, choice: ColumnChoice) -> ColumnMap:
    """A column about persons is taken for a reason only, and only into a sealed field."""
    given = {**_hidden(sheet, choice), **choice.given}
    whys = personal_columns(sheet)
    if not whys:
        return map_columns(sheet.columns, playbook, given, sheet.name)
    reasons = {
        column.index: reason
        for name, reason in choice.reasons.items()
        for column in sheet.columns
        if column.index in whys and is_called(column, name, sheet.name)
    }
    wanted = _sealed_fields(map_columns(sheet.columns, playbook, given, sheet.name))
    barred = whys.keys() - reasons.keys()
    while True:
        taken = [column for column in sheet.columns if column.index not in barred]
        found = map_columns(taken, playbook, given, sheet.name)
        unsealed = (reasons.keys() - barred) - _sealed_fields(found).keys()
        if not unsealed:
            break
        barred = barred | unsealed
    return replace(
        found,
        barred=tuple(
            Barred(column, whys[column.index], wanted.get(column.index), reasons.get(column.index, ""))
            for column in sheet.columns
            if column.index in barred
        ),
        admitted={index: reason for index, reason in reasons.items() if index not in barred},
    )


def _sealed_fields(columns: ColumnMap) -> dict[int, Field]:
    return {each.column.index: each.field for each in columns.mapped if each.field.is_sealed}


def _hidden(sheet: Sheet, choice: ColumnChoice) -> dict[str, str]:
    """The hidden columns, left out where the user wishes so."""
    if choice.takes_hidden:
        return {}
    return {f"{sheet.name}!{column.letter}": LEFT_OUT for column in sheet.columns if column.hidden}
