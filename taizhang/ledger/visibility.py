"""Who may see which entry: the one rule, as the one SQL condition list, picker, count, search and export use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taizhang.core.actor import Actor, Agent
from taizhang.core.units import Units
from taizhang.ledger.database import Term, cursor
from taizhang.org.tree import units_now

NAMED = "(entry.named_units IS NOT NULL AND entry.named_units && %s::bigint[])"
"""An accusation that names one of these units."""
UNNAMED = (
    f"party.entry_id <> ALL (ARRAY(SELECT entry.entry_id FROM entry WHERE entry.site_id = %s AND {NAMED}))"
)
"""The same of a party: accusations are few, and have an index of their own."""
ROLES = 3
"""A unit leads an entry, assists in it, and registered it: it has so many parts in one at most."""

FEW = 12
"""Up to so many units, each unit's own entries lead to a page sooner than those of the whole ledger."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one agent may see: entries in which a unit of `unit_ids` has a part (None: any unit),
    except those whose accusation names a unit of `hidden_from` (信访工作条例 第三十条)."""

    unit_ids: frozenset[int] | None
    hidden_from: frozenset[int]

    def condition(self) -> Term:
        """SQL over the table `entry`, with its parameters."""
        terms, parameters = ["true"], []
        if self.unit_ids is not None:
            terms.append(
                "EXISTS (SELECT 1 FROM entry_party AS party WHERE party.site_id = entry.site_id"
                " AND party.ledger_id = entry.ledger_id AND party.entry_id = entry.entry_id"
                " AND party.unit_id = ANY(%s))"
            )
            parameters.append(sorted(self.unit_ids))
        if self.hidden_from:
            terms.append(f"NOT {NAMED}")
            parameters.append(sorted(self.hidden_from))
        return " AND ".join(terms), parameters

    def ids(self, site_id: int, ledger_id: int, only: Term = ("true", [])) -> Term:
        """A query of the same entries' ids, each once, as far as their parties meet `only` (SQL over `party`): no
        entry is read for it. For a scope of some units; who sees any unit's sees entries without their parties.
        """
        assert self.unit_ids is not None
        return (
            "SELECT DISTINCT party.entry_id FROM entry_party AS party WHERE party.site_id = %s"
            f" AND party.ledger_id = %s AND party.unit_id = ANY(%s) AND {UNNAMED} AND {only[0]}",
            [site_id, ledger_id, sorted(self.unit_ids), site_id, sorted(self.hidden_from), *only[1]],
        )

    def first_ids(
        self, site_id: int, ledger_id: int, only: Term, column: str, way: str, most: int
    ) -> Term | None:
        """A query of the first of these ids in the order of a column of `party`, if any, and the id: read off
        each unit's own parties, whatever the ledger's size. None where there are too many units for that.
        """
        if self.unit_ids is None or len(self.unit_ids) > FEW:
            return None
        ordered = f"{column + f' {way}, ' if column else ''}entry_id {way}"
        chosen = f"{column + ', ' if column else ''}entry_id"
        return (
            f"SELECT entry_id FROM (SELECT DISTINCT {chosen} FROM unnest(%s::bigint[]) AS own (unit_id), LATERAL ("
            f"SELECT {chosen} FROM entry_party AS party WHERE party.site_id = %s AND party.unit_id = own.unit_id"
            f" AND party.ledger_id = %s AND {UNNAMED} AND {only[0]} ORDER BY {ordered} LIMIT {ROLES * most}"
            f") AS found ORDER BY {ordered} LIMIT {most}) AS first",
            [sorted(self.unit_ids), site_id, ledger_id, site_id, sorted(self.hidden_from), *only[1]],
        )


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
