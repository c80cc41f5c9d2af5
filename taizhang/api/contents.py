"""Fields as a caller writes them, read by the core's one validator; what it had to suppose is said back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field as Limited

from taizhang.api.answers import Shape, Words
from taizhang.api.inputs import Key
from taizhang.api.problems import AT_FAULT, FaultAt, Problem
from taizhang.core import fields
from taizhang.core.field_readers import MOST_SEVERAL
from taizhang.core.parsed import FieldError, Parsed, Remark
from taizhang.core.playbook import Field, Playbook
from taizhang.core.values import Value
from taizhang.core.wording import Label

Scalar = str | bool | int | float | None
Content = Scalar | Annotated[list[Scalar], Limited(max_length=MOST_SEVERAL)]
Contents = Annotated[dict[Key, Content], Limited(max_length=500)]
"""Field key → content: a text, a number, true or false, several texts, or null for nothing."""

_NOT_UNDERSTOOD = Label("读不成这个字段的内容", "cannot be read as what this field holds")
_UNKNOWN = Label("方案中没有这个字段", "the playbook has no such field")


class ShownRemark(Shape):
    """What was supposed in reading a field; with `doubt` a person should look at it."""

    field: str
    code: str
    message: Words
    doubt: bool


@dataclass(slots=True)
class Read:
    """Contents as values: None empties a field. `remarks` go back to the caller."""

    values: dict[str, Value | None] = field(default_factory=dict)
    remarks: list[ShownRemark] = field(default_factory=list)
    faults: list[FaultAt] = field(default_factory=list)


def read_contents(given: Mapping[str, Content], playbook: Playbook, today: date, where: str) -> Read:
    """All fields at once, so that a caller sees every fault in one answer. Raises Problem."""
    read = Read()
    for key, raw in given.items():
        item = playbook.field_of.get(key)
        if item is None:
            read.faults.append(FaultAt.of(f"{where}.{key}", "FieldUnknown", _UNKNOWN))
        else:
            _read_one(item, raw, today, f"{where}.{key}", read)
    if read.faults:
        raise Problem(422, *AT_FAULT, at=read.faults)
    return read


def _read_one(item: Field, raw: Content, today: date, place: str, read: Read) -> None:
    answer = fields.parse(item, tuple(raw) if isinstance(raw, list) else raw, today=today)
    if isinstance(answer, FieldError):
        read.faults.append(FaultAt.of(place, answer.code, answer.message))
    elif _is_lost(answer):
        read.faults.append(FaultAt.of(place, "not_understood", _NOT_UNDERSTOOD))
    else:
        read.values[item.key] = answer.value
        read.remarks += [_shown(item, remark) for remark in answer.remarks]


def _is_lost(answer: Parsed) -> bool:
    """Words where a value is asked for (`立行立改` as a date): a form may ask again, a program is refused."""
    silent = all(remark.code != "read_as_empty" for remark in answer.remarks)
    return answer.value is None and bool(answer.text) and silent


def _shown(item: Field, remark: Remark) -> ShownRemark:
    return ShownRemark(field=item.key, code=remark.code, message=Words.of(remark.message), doubt=remark.doubt)
