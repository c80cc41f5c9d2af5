"""The files of an entry as its page shows them: pictures of before and after side by side, the rest as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from django.utils.translation import gettext as _

from taizhang.core.values import EvidenceRef
from taizhang.desk.happened import Happened
from taizhang.desk.kinds import SHOWN_INLINE, kind_words

MOST_PREVIEWED = 10 * 1024 * 1024
"""A larger picture is fetched only by whoever opens it."""


@dataclass(frozen=True, slots=True)
class File:
    """`when` is the moment it was attached, and the day it stands for where that is another. Names of files
    lie encrypted and show when one is opened."""

    ref: UUID
    purpose: str
    kind: str
    who: str
    when: str
    has_preview: bool
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a pair; without a file it says what is not there yet."""

    purpose: str
    file: File | None


@dataclass(frozen=True, slots=True)
class Files:
    pairs: tuple[tuple[Half, Half], ...]
    others: tuple[File, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs or self.others)


def files_of(line: Sequence[Happened]) -> Files:
    """In the order they came; the first picture of before stands beside the first of after, and so on."""
    attached = [(one, one.file) for one in reversed(line) if one.file is not None]
    before, after = (
        [_file(one, ref) for one, ref in attached if ref.purpose == purpose and _is_shown(ref)]
        for purpose in ("before", "after")
    )
    return Files(
        tuple(_pairs(before, after)),
        tuple(_file(one, ref) for one, ref in attached if ref.purpose == "other" or not _is_shown(ref)),
    )


def _pairs(before: Sequence[File], after: Sequence[File]) -> Iterator[tuple[Half, Half]]:
    words = purposes()
    for first, second in zip_longest(before, after):
        yield Half(words["before"], first), Half(words["after"], second)


def _is_shown(ref: EvidenceRef) -> bool:
    return ref.for_units and ref.media_type in SHOWN_INLINE


def _file(one: Happened, ref: EvidenceRef) -> File:
    who = _("{who}（{typist} 代录）").format(who=one.who, typist=one.typed_by) if one.typed_by else one.who
    return File(
        ref=ref.ref,
        purpose=purposes()[ref.purpose],
        kind=kind_words(ref),
        who=who,
        when=_("{name}（{place}）").format(name=one.for_day, place=one.at) if one.for_day else one.at,
        has_preview=ref.size <= MOST_PREVIEWED,
        is_sealed=not ref.for_units,
    )


def purposes() -> dict[str, str]:
    return {"before": _("整改前"), "after": _("整改后"), "other": _("其他材料")}
