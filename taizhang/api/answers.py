"""What the API answers: shapes checked as they are built, but for what lists repeat; written as JSON once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from taizhang.core.units import Units
from taizhang.core.wording import Label


class Shape(BaseModel):
    """Part of an answer. A shape given something it does not declare is a fault of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Shape):
    """One wording in Chinese and in English; `en` is empty where a playbook gives none."""

    zh: str
    en: str

    @classmethod
    def of(cls, label: Label) -> Self:
        return cls(zh=label.zh, en=label.en)


class Named(Shape):
    """A unit, person or post by its number, with what it is called."""

    id: int
    name: str


class Sealed(Shape):
    """Stands where a personal value is: the API says that there is one and never which."""

    sealed: Literal[True] = True


FieldValue = str | int | bool | list[str] | Sealed


SEALED = {"sealed": True}
"""`Sealed` as it is written."""


def named_unit(unit_id: int | None, units: Units) -> Named | None:
    return None if unit_id is None else Named(id=unit_id, name=units.name(unit_id))


def etag(version: int) -> str:
    return f'"{version}"'


def answer(body: BaseModel | Mapping[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """The body as JSON; a header's name is written with _ for -."""
    response = HttpResponse(to_json(body), status=status, content_type="application/json; charset=utf-8")
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response
