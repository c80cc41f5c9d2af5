"""Which statements this process sends to PostgreSQL, how long each takes, and how the slowest are carried out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

TOLD, SLOWEST = 15, 4
READING = ("SELECT", "WITH base AS", "\nWITH base AS", "\nSELECT")
"""How statements begin that may be carried out once more to be explained."""


@dataclass(slots=True)
class Timed:
    """One text with every time it was sent; the parameters are those of its slowest."""

    seconds: list[float] = field(default_factory=list)
    slowest: float = 0.0
    parameters: Any = None


@contextmanager
def noted() -> Iterator[dict[str, Timed]]:
    """Every statement of this process inside, Django's and the driver's own cursors alike."""
    from unittest.mock import patch

    import psycopg

    seen: dict[str, Timed] = {}
    execute = psycopg.Cursor.execute

    def timed(cursor: Any, query: Any, parameters: Any = None, **more: Any) -> Any:
        started = time.perf_counter()
        done = execute(cursor, query, parameters, **more)
        spent = time.perf_counter() - started
        known = seen.setdefault(str(query), Timed())
        known.seconds.append(spent)
        if spent > known.slowest:
            known.slowest, known.parameters = spent, parameters
        return done

    with patch.object(psycopg.Cursor, "execute", timed):
        yield seen


def told(seen: dict[str, Timed], requests: int) -> str:
    """The statements by the time they took in all, and how the first of those that only read are carried out."""
    ordered = sorted(seen.items(), key=lambda item: -sum(item[1].seconds))
    lines = ["ms per request  times per request  slowest ms  statement"]
    for text, timed in ordered[:TOLD]:
        each, times = sum(timed.seconds) / requests * 1000, len(timed.seconds) / requests
        lines.append(f"{each:14.2f}  {times:17.2f}  {timed.slowest * 1000:10.2f}  {_line(text):.300}")
    readers = [(text, timed) for text, timed in ordered if text.startswith(READING)]
    plans = (
        f"{_line(text)}\n-- {timed.parameters!r:.500}\n{plan(text, timed)}"
        for text, timed in readers[:SLOWEST]
    )
    return "\n\n".join(["\n".join(lines), *plans])


def plan(text: str, timed: Timed) -> str:
    """How PostgreSQL carries the statement out with what its slowest call was given; empty where it writes."""
    from taizhang.ledger.database import cursor

    if not text.startswith(READING):
        return ""
    with cursor() as database:
        database.execute(f"EXPLAIN (ANALYZE, BUFFERS) {text}", timed.parameters)
        return "\n".join(row[0] for row in database)


def _line(text: str) -> str:
    return " ".join(text.split())
