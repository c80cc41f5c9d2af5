"""What one examination of `doctor` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taizhang.core.wording import Label

State = Literal["ok", "warn", "bad"]
NOTHING = Label("")


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, and the cure where it is not right; `name` is stable, for machines."""

    name: str
    state: State
    found: Label
    cure: Label = NOTHING
