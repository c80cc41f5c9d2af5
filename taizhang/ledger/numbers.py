"""Entry numbers: reserved in blocks ahead of the call, so that registering never waits for another's commit.

A number reserved and not used is a gap; `gaps` names each with the block it belonged to.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from taizhang.core import commands as c
from taizhang.core.playbook import Playbook
from taizhang.ledger import ledgers
from taizhang.ledger.database import cursor
from taizhang.org.models import Site

BLOCK = 20
"""How many a long-living process reserves for single registrations; see `keep_blocks`."""

GAPS_AT_ONCE = 5_000

_kept: dict[tuple[int, str], list[int]] = {}
_keeping = False
_lock = Lock()


def keep_blocks() -> None:
    """From now on this process keeps what a block has left for its next call (the web server does)."""
    global _keeping  # noqa: PLW0603 - a habit of the whole process
    _keeping = True


def period_of(playbook: Playbook, now: datetime) -> str:
    return str(now.year) if playbook.number_period == "year" else ""


@dataclass(slots=True)
class Supply:
    """Reserved numbers of one call, by ledger and period."""

    site_id: int
    free: dict[tuple[int, str], deque[int]] = field(default_factory=dict)
    last: int = 0

    def next(self, ledger_id: int, playbook: Playbook, now: datetime) -> str:
        """The next entry number in the playbook's pattern."""
        period = period_of(playbook, now)
        waiting = self.free.setdefault((ledger_id, period), deque())
        if not waiting:
            waiting += _reserve(self.site_id, ledger_id, period, 1, now)
        serial = self.last = waiting.popleft()
        return playbook.number_pattern.format(year=now.year, serial=serial)

    def give_back(self, ledger_id: int, playbook: Playbook, now: datetime) -> None:
        """The number taken last was not used after all; the next registration gets it."""
        self.free[ledger_id, period_of(playbook, now)].appendleft(self.last)

    def take(self, ledger_id: int, period: str, count: int, now: datetime) -> None:
        with _lock:
            waiting = _kept.pop((ledger_id, period), []) if _keeping else []
        if len(waiting) < count:
            waiting += _reserve(
                self.site_id, ledger_id, period, max(count - len(waiting), BLOCK if _keeping else 1), now
            )
        self.free[ledger_id, period] = deque(waiting)


@contextmanager
def reserved(site: Site, commands: Sequence[c.AnyCommand], now: datetime) -> Iterator[Supply]:
    """Numbers for every registration among the commands, committed before the call's own transaction begins."""
    supply = Supply(site.id)
    wanted = Counter(command.ledger_id for command in commands if isinstance(command, c.RegisterEntry))
    for ledger_id, count in wanted.items():
        ledger = ledgers.by_id(ledger_id)
        if ledger is not None:
            supply.take(ledger_id, period_of(ledgers.playbook(ledger.playbook_sha), now), count, now)
    try:
        yield supply
    finally:
        if _keeping:
            with _lock:
                for place, left in supply.free.items():
                    _kept[place] = [*_kept.get(place, []), *left]


def _reserve(site_id: int, ledger_id: int, period: str, count: int, now: datetime) -> list[int]:
    with cursor() as database:
        database.execute(
            "WITH counter AS (INSERT INTO number_counter AS old (site_id, ledger_id, period, next)"
            " VALUES (%s, %s, %s, 1 + %s)"
            " ON CONFLICT (site_id, ledger_id, period) DO UPDATE SET next = old.next + excluded.next - 1"
            " RETURNING next - %s AS first)"
            " INSERT INTO number_block (site_id, ledger_id, period, first, size, reserved_at)"
            " SELECT %s, %s, %s, first, %s, %s FROM counter RETURNING first",
            (site_id, ledger_id, period, count, count, site_id, ledger_id, period, count, now),
        )
        found = database.fetchone()
    assert found is not None
    return list(range(found[0], found[0] + count))


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that was reserved and given to no entry."""

    number: str
    reserved_at: datetime


def gaps(site_id: int, ledger_id: int, playbook: Playbook) -> Iterator[Gap]:
    """Every gap in a ledger's numbers with the moment its block was reserved, in order."""
    with cursor() as database:
        database.execute(
            "SELECT period, first, size, reserved_at FROM number_block WHERE site_id = %s AND ledger_id = %s"
            " ORDER BY period, first",
            (site_id, ledger_id),
        )
        blocks = database.fetchall()
    for period, first, size, reserved_at in blocks:
        for start in range(first, first + size, GAPS_AT_ONCE):
            serials = range(start, min(start + GAPS_AT_ONCE, first + size))
            wanted = [
                playbook.number_pattern.format(year=period or reserved_at.year, serial=serial)
                for serial in serials
            ]
            used = _used(site_id, ledger_id, wanted)
            yield from (Gap(number, reserved_at) for number in wanted if number not in used)


def _used(site_id: int, ledger_id: int, numbers: list[str]) -> set[str]:
    with cursor() as database:
        database.execute(
            "SELECT number FROM entry WHERE site_id = %s AND ledger_id = %s AND number = ANY(%s)",
            (site_id, ledger_id, numbers),
        )
        return {row[0] for row in database}
