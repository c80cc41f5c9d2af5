"""What a decision is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from taizhang.core.actor import Actor
from taizhang.core.entry import Entry
from taizhang.core.playbook import Playbook
from taizhang.core.units import PostSpan, Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything `decide` knows besides the entry and the command.

    `now` is in the site's zone; `parts` holds the present state of a split entry's parts, `posts` every post
    a command speaks of.
    """

    actor: Actor
    playbook: Playbook
    units: Units
    now: datetime
    parts: Mapping[UUID, Entry] = field(default_factory=dict)
    posts: Mapping[int, PostSpan] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()
