"""What a field holds inside an event, and the small facts commands and events share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SealedRef:
    """Stands in an event where a personal value would: `ref` finds the ciphertext, `commit` proves it.

    `commit` is HMAC-SHA-256 of the value under a random salt that lies encrypted beside the
    value, in hex; with the key destroyed it says nothing about the value.
    """

    ref: UUID
    commit: str


Value = str | int | bool | tuple[str, ...] | SealedRef
"""A field's value as events hold it: dates as ISO text, decimals as normalised text, never a float."""

Fields = Mapping[str, Value]

Flag = Literal["solved", "resolved", "satisfied", "carried", "accusation"]
FLAGS: dict[Flag, tuple[str, str]] = {
    "solved": ("解决", "solved"),
    "resolved": ("化解", "dispute settled"),
    "satisfied": ("满意", "satisfied"),
    "carried": ("挂账", "carried"),
    "accusation": ("检举控告", "accusation"),
}
"""Dated facts beside the one procedure stage, never folded into it."""

SourceKind = Literal["paper", "telephone", "chat", "sheet", "document"]
SOURCE_KINDS: dict[SourceKind, tuple[str, str]] = {
    "paper": ("纸质材料", "paper or scan"),
    "telephone": ("电话", "telephone"),
    "chat": ("聊天记录", "chat"),
    "sheet": ("表格导入", "imported sheet"),
    "document": ("文件", "document"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a fact rests on when it was not typed by the one who acted on the day it happened."""

    kind: SourceKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class RowOrigin:
    """The sheet row an entry came from. `key` names the row and `digest` its contents (and whose part of the row
    the entry is, where each of several units got one), both as HMAC-SHA-256 under the site's own key, so that
    neither can be guessed back into a person."""

    key: str
    digest: str
    file: str
    sheet: str
    row: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CellRemark:
    """批注: what somebody wrote on a cell of the row an entry came from, word for word."""

    cell: str
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split entry."""

    entry_id: UUID
    title: str
    lead_unit: int | None = None


Purpose = Literal["before", "after", "other"]


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A file that proves something: reference and digest only; name and content lie encrypted elsewhere."""

    ref: UUID
    commit: str
    media_type: str
    size: int
    purpose: Purpose = "other"
    for_units: bool = True
