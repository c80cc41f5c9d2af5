"""Carrying out one command for a caller, and what comes of it: the outcome, or the refusal as an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from ninja import Header

from taizhang.api.answers import Shape
from taizhang.api.contents import ShownRemark
from taizhang.api.inputs import Given, IdempotencyKey, Text, refuse
from taizhang.api.problems import Problem, status_of
from taizhang.api.time_line import shown
from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.values import Source, SourceKind
from taizhang.core.wording import Label
from taizhang.ledger import queries
from taizhang.ledger.asking import Asking
from taizhang.ledger.handle import handle
from taizhang.ledger.outcome import Result
from taizhang.org.refusals import NoSuchPerson

KeyHeader = Annotated[IdempotencyKey | None, Header(alias="Idempotency-Key")]
"""The same key with the same request is carried out once, however often it is sent."""
VersionHeader = Annotated[str | None, Header(alias="If-Match")]
"""The ETag of the entry as the caller saw it."""

_STRONG_TAG = re.compile(r'"([1-9]\d{0,8})"', re.ASCII)
_VERSION_MISSING = (
    "version_missing",
    Label(
        "须用 If-Match 写明您看到的版本（条目的 ETag）",
        "say in If-Match which version of the entry you saw (its ETag)",
    ),
)
_NO_VERSION = Label('须是一个版本，如 "3"', 'must be one version, such as "3"')


class GivenSource(Given):
    """What a fact rests on."""

    kind: SourceKind
    note: Text = ""

    def plain(self) -> Source:
        return Source(self.kind, self.note)


class Written(Shape):
    """The entry after the command; `repeated` where an earlier request of the same key answers."""

    id: UUID
    number: str
    version: int
    repeated: bool
    remarks: list[ShownRemark]


def expected_version(if_match: str | None) -> int:
    """The version of an If-Match header. Raises Problem: 428 without one, 422 where it names no version."""
    if if_match is None:
        raise Problem(428, *_VERSION_MISSING)
    found = _STRONG_TAG.fullmatch(if_match.strip())
    if found is None:
        raise refuse("header.If-Match", "no_version", _NO_VERSION)
    return int(found[1])


def carry_out(
    command: c.AnyCommand,
    asking: Asking,
    key: str | None,
    *,
    acted_by: int | None,
    remarks: Sequence[ShownRemark],
) -> Written:
    """What the ledger answers to the caller's command, or to one recorded for `acted_by`. Raises Problem."""
    result = handle([command], actor_for(asking, acted_by), key=key, units=asking.units)
    return written(result, command.expected_version, asking, remarks)


def written(result: Result, seen: int | None, asking: Asking, remarks: Sequence[ShownRemark] = ()) -> Written:
    """The answer to a call of one command on what the caller saw at version `seen`. Raises Problem."""
    outcome = result.outcomes[0]
    if outcome.refusal is not None:
        raise _problem(outcome.refusal, outcome.entry_id, seen or 0, asking)
    assert outcome.version is not None, "what was not refused was written"
    return Written(
        id=outcome.entry_id,
        number=outcome.number,
        version=outcome.version,
        repeated=result.repeated,
        remarks=list(remarks),
    )


def actor_for(asking: Asking, acted_by: int | None) -> Actor:
    """The caller, or the caller recording for another (代录). Raises Problem."""
    try:
        return asking.actor if acted_by is None else asking.acting_for(acted_by)
    except NoSuchPerson as unknown:
        raise refuse("body.acted_by", unknown.code, unknown.message) from None


def _problem(refusal: r.Refusal, entry_id: UUID, seen: int, asking: Asking) -> Problem:
    """A stale version comes with what was done since, by whom, and where the entry is now."""
    if not isinstance(refusal, r.StaleVersion):
        return Problem.of(refusal)
    history = queries.time_line(asking.site.id, asking.scope, entry_id)
    since = shown([each for each in history if each.version > seen], asking.units, asking.site.zone)
    version = history[-1].version if history else None
    return Problem(status_of(refusal), refusal.code, refusal.message, version=version, since=since)
