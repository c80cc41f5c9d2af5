"""The place a benchmark runs in: a site with a county's units, people in their posts, one ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from taizhang.core.actor import Actor
    from taizhang.core.commands import AnyCommand
    from taizhang.ledger.ledgers import OpenLedger
    from taizhang.org.models import Site

PLAYBOOK = Path(__file__).parent / "playbook"
COUNTIES, TOWNS = 13, 11
CALL = 20_000
"""Commands in one call when a ledger is filled; `handle` writes them in chunks of its own."""


@dataclass(frozen=True, slots=True)
class Office:
    """`towns` by id with their names, in their order; an actor for each thing there is to do.

    `worker` handles what any town leads: one account in place of 143, so that a day's work is one call.
    """

    ledger: OpenLedger
    towns: dict[int, str]
    desk: Actor
    worker: Actor
    checker: Actor
    county: Actor
    handlers: Callable[[int], Actor]

    @property
    def site(self) -> Site:
        from taizhang.org.sites import the_site

        return the_site()

    @property
    def names(self) -> list[str]:
        return list(self.towns.values())

    def do(self, commands: Iterable[AnyCommand], actor: Actor) -> list[UUID]:
        """Carry out any number of commands; the entries. Raises where one is refused."""
        from taizhang.core.refusals import Aborted
        from taizhang.ledger.handle import handle

        waiting, done = iter(commands), list[UUID]()
        while call := list(islice(waiting, CALL)):
            result = handle(call, actor)
            if result.refused:
                raise ValueError([each.refusal for each in result.refused if each.refusal != Aborted()])
            done += [outcome.entry_id for outcome in result.outcomes]
        return done

    def register(self, numbers: Iterable[int]) -> list[UUID]:
        """Fill the ledger with the entries of these numbers."""
        from bench.entries import registration

        base, names = self.today, self.names
        return self.do((registration(n, self.ledger.ledger_id, names, base) for n in numbers), self.desk)

    @property
    def today(self) -> date:
        from taizhang.org.sites import today

        return today(self.site)

    def turn_clock(self, moment: datetime | None) -> None:
        """The time from now on, in this process alone; None: the server's again."""
        self.site.now_override = moment

    def follow(self) -> None:
        """What `serve` does behind every write: number, pack, index."""
        from taizhang.ledger.work import work_once

        while work_once(self.site):
            pass

    def settle(self) -> None:
        """What `serve` and autovacuum would have done by and by."""
        from taizhang.ledger.database import raw_connection

        self.follow()
        raw_connection("owner").execute("VACUUM (ANALYZE)")


@contextmanager
def private_server() -> Iterator[None]:
    """A migrated database of our own in a temporary folder, gone afterwards."""
    from taizhang.cli.say import Say
    from taizhang.cli.site import opened

    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    with (
        TemporaryDirectory(prefix="taizhang-bench-") as folder,
        opened(Path(folder), Say(), founding=True, finishes=False),
    ):
        yield


def found() -> Office:
    """A rehearsal site with 13 counties of 11 towns, and an empty ledger on the benchmarks' own playbook."""
    from taizhang.core.actor import Actor, Agent
    from taizhang.ledger import ledgers
    from taizhang.org.founding import NewUnit, add_units, found_site
    from taizhang.org.models import Person, Site, Unit
    from taizhang.org.sites import now
    from taizhang.org.tree import units_now
    from taizhang.playbooks import texts_of

    site = found_site("明州市", kind=Site.Kind.REHEARSAL)
    root, clerk = Unit.objects.get().id, Person.objects.get().id
    counties = [NewUnit(f"{name}县", root) for name in "清河石桥柳溪云岭金沙东湖南"[:COUNTIES]]
    towns = [
        NewUnit(f"{county.name[0]}{place}镇", county) for county in counties for place in _PLACES[:TOWNS]
    ]
    checking = NewUnit("督查室", root)
    ids = [unit.id for unit in add_units([*counties, *towns, checking])]
    by_town = {unit: town.name for unit, town in zip(ids[len(counties) : -1], towns, strict=True)}
    units = units_now()

    def agent(
        number: int, unit: int, *duties: str, line: frozenset[int] = frozenset(), scope: int = 0
    ) -> Actor:
        held = frozenset(duties), units.line(unit) | line, frozenset({scope or unit})
        return Actor.alone(Agent(clerk + number, unit, None, *held))

    return Office(
        ledger=ledgers.open_ledger(
            site, texts_of(str(PLAYBOOK)), key="bench", name="", unit_id=root, opened_by=clerk, now=now(site)
        ),
        towns=by_town,
        desk=agent(1, root, "register", "dispatch"),
        worker=agent(2, min(by_town), "handle", line=frozenset(by_town), scope=root),
        checker=agent(3, ids[-1], "verify", "close", scope=root),
        county=agent(4, ids[0], "inspect"),
        handlers=lambda town: agent(10 + town, town, "handle"),
    )


_PLACES: Sequence[str] = ("门", "山", "河", "坪", "湾", "塘", "岗", "洲", "堰", "关", "渡")
