"""What callers may send: texts the database can hold, numbers it can count, nothing undeclared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from taizhang.api.problems import AT_FAULT, FaultAt, Problem
from taizhang.core.rules import MOST_TEXT
from taizhang.core.wording import Label, is_storable


def _storable(text: str) -> str:
    if not is_storable(text):
        raise PydanticCustomError("not_storable", "holds characters that cannot be stored, such as NUL")
    return text


Text = Annotated[str, StringConstraints(max_length=MOST_TEXT), AfterValidator(_storable)]
ShortText = Annotated[str, StringConstraints(max_length=500), AfterValidator(_storable)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_storable)]
"""A ledger's, a stage's or a field's key."""
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The number of a unit, a post or a person."""
IdOrNone = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""The same where 0 stands for none."""
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable)]


class Given(Schema):
    """What a caller sends. A member nobody knows is refused, because it was meant to do something."""

    model_config = ConfigDict(extra="forbid")


def refuse(where: str, code: str, message: Label) -> Problem:
    """One place of the request does not hold."""
    return Problem(422, *AT_FAULT, at=[FaultAt.of(where, code, message)])


def refuse_unknown(request: HttpRequest, known: Iterable[str]) -> None:
    """A misspelt filter would otherwise answer more than was asked for. Raises Problem."""
    unknown = sorted(request.GET.keys() - set(known))
    if unknown:
        says = Label("没有这个参数", "there is no such parameter")
        places = [FaultAt.of(f"query.{name}", "unknown", says) for name in unknown[:20]]
        raise Problem(422, *AT_FAULT, at=places)


def refuse_unknown_members(request: HttpRequest, known: Iterable[str]) -> None:
    """A form is read by the names it should have; what else came, or a second file, would be lost unsaid. Raises
    Problem."""
    unknown = sorted((request.POST.keys() - set(known)) | (request.FILES.keys() - {"file"}))
    says = Label("没有这一项", "is not known here")
    places = [FaultAt.of(f"body.{name}", "extra_forbidden", says) for name in unknown[:20]]
    if len(request.FILES.getlist("file")) > 1:
        places.append(FaultAt.of("body.file", "several", Label("一次只能传一个文件", "one file at a time")))
    if places:
        raise Problem(422, *AT_FAULT, at=places)
