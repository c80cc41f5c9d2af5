"""Who may see which entry: the one rule, as the one SQL condition list, picker, count, search and export use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taizhang.core.actor import Actor, Agent
from taizhang.core.units import Units
from taizhang.ledger.database import cursor
from taizhang.org.tree import units_now


@dataclass(frozen=True, slots=True)
class Scope:
    """What one agent may see: entries in which a unit of `unit_ids` has a part (None: any unit),
    except those whose accusation names a unit of `hidden_from` (信访工作条例 第三十条)."""

    unit_ids: frozenset[int] | None
    hidden_from: frozenset[int]

    def condition(self) -> tuple[str, list[Any]]:
        """SQL over the table `entry`, with its parameters."""
        terms, parameters = ["true"], []
        if self.unit_ids is not None:
            terms.append(
                "EXISTS (SELECT 1 FROM entry_party AS party WHERE party.site_id = entry.site_id"
                " AND party.entry_id = entry.entry_id AND party.unit_id = ANY(%s))"
            )
            parameters.append(sorted(self.unit_ids))
        if self.hidden_from:
            terms.append("(entry.named_units IS NULL OR NOT entry.named_units && %s::bigint[])")
            parameters.append(sorted(self.hidden_from))
        return " AND ".join(terms), parameters


def scope_of(agent: Agent, units: Units | None = None) -> Scope:
    """The scope of an agent: the subtrees of the post, with the units these succeeded."""
    units = units or units_now()
    covered = units.below(agent.scope)
    return Scope(None if covered >= units.spans.keys() else covered, agent.line)


def condition_for(actor: Actor, units: Units) -> tuple[str, list[Any]]:
    """What both the acting and the typing person may see, over the table `entry`."""
    terms, parameters = [], []
    for agent in dict.fromkeys((actor.acting, actor.typing)):
        term, given = scope_of(agent, units).condition()
        terms.append(term)
        parameters += given
    return " AND ".join(terms), parameters


def lock(site_id: int, entry_ids: Collection[UUID]) -> None:
    """Take the entries' rows in the order of their ids, so that two batches over the same entries wait
    for each other instead of deadlocking."""
    with cursor() as database:
        database.execute(
            "SELECT 1 FROM entry WHERE site_id = %s AND entry_id = ANY(%s) ORDER BY entry_id FOR UPDATE",
            (site_id, list(entry_ids)),
        )
