"""What a call of `handle` answers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from taizhang.core.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one command: the entry with its number and version, or the refusal."""

    entry_id: UUID
    version: int | None = None
    number: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Outcomes in the order of the commands; `repeated` where an earlier call with the same key answers."""

    outcomes: tuple[Outcome, ...]
    batch_id: UUID
    repeated: bool = False

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.refusal is not None)

    @property
    def done(self) -> bool:
        """Whether anything was written."""
        return any(outcome.version is not None for outcome in self.outcomes)
