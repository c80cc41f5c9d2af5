"""Who acts and who types: the two people on every event."""

from __future__ import annotations

from dataclasses import dataclass

DUTIES: dict[str, tuple[str, str]] = {
    "register": ("登记", "put entries on the ledger, also for others"),
    "dispatch": ("交办", "give entries to units, decide returns, void"),
    "handle": ("办理", "work on entries of one's own unit"),
    "verify": ("核查", "check what another unit reports done"),
    "close": ("销号", "strike verified entries off"),
    "oversee": ("分管", "read along and give instructions"),
    "inspect": ("巡查督导", "read and comment wherever scope allows"),
    "unseal": ("启封", "open sealed originals, with a reason"),
    "appoint": ("人员", "people, posts and accounts of one's own unit and those below"),
    "administer": ("管理", "units, posts, playbooks and ledgers of the site"),
}
"""What a post may carry. Playbooks build their roles on these words; code meaning: (Chinese, English)."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One person in the post held at this moment.

    `line` is the unit, everything above it and everything these succeeded (`Units.line`); an
    account without a unit (an operator) has none and can therefore never verify. `scope` are the
    units at and below which this person sees entries; `places` the unit and those whose place it took.
    """

    person_id: int
    unit_id: int | None = None
    post_id: int | None = None
    duties: frozenset[str] = frozenset()
    line: frozenset[int] = frozenset()
    scope: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()

    @property
    def may_type_for_others(self) -> bool:
        """代录 is for whoever puts entries on the ledger."""
        return "register" in self.duties


@dataclass(frozen=True, slots=True)
class Actor:
    """`acting` answers for the fact; `typing` entered it. They differ when one records for another (代录)."""

    acting: Agent
    typing: Agent

    @classmethod
    def alone(cls, agent: Agent) -> Actor:
        return cls(agent, agent)

    @property
    def for_another(self) -> bool:
        return self.acting.person_id != self.typing.person_id
