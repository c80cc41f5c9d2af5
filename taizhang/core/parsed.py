"""What reading a field's raw content gives: a value with remarks, or an error with its cure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from taizhang.core.values import Value
from taizhang.core.wording import Label

Scalar = str | int | float | bool | date | datetime | Decimal | None
Raw = Scalar | list[Scalar] | tuple[Scalar, ...]
"""What doors hand over: a cell's value, a form's text, a decoded JSON value."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know. With `doubt` the value may be wrong: the row counts as suspicious."""

    code: str
    message: Label
    doubt: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """`value` is None where nothing usable was written; `text` keeps what the value does not say."""

    value: Value | None
    remarks: tuple[Remark, ...] = ()
    text: str = ""

    @property
    def is_doubtful(self) -> bool:
        return any(remark.doubt for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why the content cannot be taken, in the user's words, with what to do. `code` is stable."""

    code: str
    message: Label


Answer = Parsed | FieldError
