"""Events as canonical JSON, and back; old shapes are brought up to date on the way in.

The canonical form (sorted keys, no spaces, UTF-8, no floats) is what the log's leaves are hashed
over, so it must never change for a stored event: a new shape gets a new schema number and an
upcaster here, and old rows stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from taizhang.core import events
from taizhang.core.values import SealedRef, Source, Value

Json = dict[str, Any]
Upcaster = Callable[[Json], Json]

EVENT_CLASSES: dict[str, type[Any]] = {cls.__name__: cls for cls in get_args(events.Event)}
SCHEMA: dict[str, int] = dict.fromkeys(EVENT_CLASSES, 1)
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(kind, schema number) → the body in the next schema. Applied one after the other up to SCHEMA[kind]."""

SEALED = "sealed"
SCHEMA_KEY = "_schema"
_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_PLAIN_ALREADY = frozenset({str, int, bool, NoneType})


class UnknownEvent(ValueError):
    """A stored event of a kind, schema or shape this version does not know: the program is older than its data."""


def canonical(value: object) -> str:
    """JSON with one spelling only."""
    return _encoder.encode(value)


def encode(event: events.Event) -> Json:
    """The event's body as plain JSON; values equal to their default are left out."""
    body = _plain_dataclass(event)
    schema = SCHEMA[type(event).__name__]
    return body if schema == 1 else {**body, SCHEMA_KEY: schema}


def decode(kind: str, body: Json) -> events.Event:
    """The event of a stored body, brought up to the present schema. Raises UnknownEvent."""
    cls = EVENT_CLASSES.get(kind)
    if cls is None:
        raise UnknownEvent(f"event kind {kind!r}")
    schema = body.get(SCHEMA_KEY, 1)
    while (kind, schema) in UPCASTERS:
        body = UPCASTERS[kind, schema](body)
        schema += 1
    if schema != SCHEMA[kind]:
        raise UnknownEvent(f"{kind} in schema {schema}")
    try:
        return _READERS[cls](body)  # type: ignore[no-any-return]
    except (KeyError, TypeError) as unfit:
        raise UnknownEvent(f"{kind} with another shape: {unfit}") from unfit


def encode_source(source: Source | None) -> Json | None:
    return None if source is None else _plain_dataclass(source)


def decode_source(body: Json | None) -> Source | None:
    return None if body is None else Source(**body)


def plain(value: Any) -> Any:
    """Any value that may stand in a command or an event, as JSON."""
    if type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, SealedRef):
        return {SEALED: [str(value.ref), value.commit]}
    if isinstance(value, Mapping):
        return {key: item if type(item) in _PLAIN_ALREADY else plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return _plain_dataclass(value)
    raise TypeError(f"{type(value).__name__} has no place in an event")


def _defaults(cls: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((item.name, item.default) for item in fields(cls))


_FIELDS: dict[type[Any], tuple[tuple[str, Any], ...]] = {}


def _plain_dataclass(instance: Any) -> Json:
    cls = type(instance)
    names = _FIELDS.get(cls)
    if names is None:
        names = _FIELDS[cls] = _defaults(cls)
    body: Json = {}
    for name, default in names:
        value = getattr(instance, name)
        if default is MISSING or value != default:
            body[name] = plain(value)
    return body


def _read_value(raw: Any) -> Value | None:
    if isinstance(raw, dict):
        ref, commit = raw[SEALED]
        return SealedRef(UUID(ref), commit)
    if isinstance(raw, list):
        return tuple(raw)
    return raw  # type: ignore[no-any-return]


def _reader_for(annotation: Any) -> Callable[[Any], Any]:
    """How a JSON value becomes what this annotation says."""
    if annotation == Value or annotation == Value | None:
        return _read_value
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        (inner,) = (item for item in get_args(annotation) if item is not NoneType)
        read = _reader_for(inner)
        return lambda raw: None if raw is None else read(raw)
    if origin is tuple:
        read_item = _reader_for(get_args(annotation)[0])
        return lambda raw: tuple(read_item(item) for item in raw)
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        return lambda raw: {key: _read_value(item) for key, item in raw.items()}
    if annotation is date:
        return date.fromisoformat
    if annotation is UUID:
        return UUID
    if is_dataclass(annotation):
        return _reader_of_class(annotation)
    return lambda raw: raw


def _reader_of_class(cls: Any) -> Callable[[Json], Any]:
    hints = get_type_hints(cls)
    readers = {item.name: _reader_for(hints[item.name]) for item in fields(cls)}

    def read(body: Json) -> Any:
        return cls(**{name: readers[name](raw) for name, raw in body.items() if name != SCHEMA_KEY})

    return read


_READERS: dict[type[Any], Callable[[Json], Any]] = {
    cls: _reader_of_class(cls) for cls in EVENT_CLASSES.values()
}
