"""The web server as `serve` starts it, with people signed in, and what asking it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from bench.machine import Cost, measured
from bench.office import Office
from bench.visitors import Request, Visitor, in_process, over_http

AT_ONCE = 2
"""Requests under way at any time, so that both of the web's processes work."""
PASSWORD = "bench-2026"


def staff(office: Office) -> dict[str, list[int]]:
    """Accounts by user name, each with the units of its scope; before them those the history speaks of."""
    from taizhang.org.founding import add_people, add_posts, appoint_all
    from taizhang.org.models import Person, Post, Tenure
    from taizhang.org.tree import subtree

    town, *_, other_town = office.towns
    county, city = office.county.acting.unit_id, office.desk.acting.unit_id
    assert county is not None and city is not None
    add_people([Person(username=f"past-{n}", name=name) for n, name in enumerate("甲乙丙丁")])
    seats = {
        "town": (town, "handle"),
        "recorder": (other_town, "register"),
        "county": (county, "handle"),
        "city": (city, "oversee"),
    }
    posts = add_posts(Post(unit_id=unit, name="经办岗", duties=[duty]) for unit, duty in seats.values())
    people = [Person(username=name, name=name) for name in seats]
    for person in people:
        person.set_password(PASSWORD)
    add_people(people)
    appoint_all(Tenure(person=person, post=post) for person, post in zip(people, posts, strict=True))
    return {name: subtree(unit) for name, (unit, _) in seats.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What requests cost the web's processes and PostgreSQL, and the seconds each was waited for."""

    cost: Cost
    seconds: Sequence[float]

    @property
    def cpu_ms(self) -> float:
        return self.cost.cpu / len(self.seconds) * 1000

    def row(self, what: str) -> dict[str, Any]:
        """A row of the report: milliseconds per request."""
        each = {"CPU ms": self.cost.cpu, "app ms": self.cost.app, "PG ms": self.cost.postgres}
        shares = quantiles(self.seconds, n=20)
        return {
            "what": what,
            **{name: round(value / len(self.seconds) * 1000, 2) for name, value in each.items()},
            "p50 ms": round(shares[9] * 1000, 1),
            "p95 ms": round(shares[18] * 1000, 1),
            "PSS MB": round(self.cost.memory),
        }


@dataclass(frozen=True, slots=True)
class Served:
    """A running web server: the process above its workers, where it listens, and who has signed in."""

    pid: int
    host: str
    port: int
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    @contextmanager
    def visitor(self, who: str) -> Iterator[Visitor]:
        """Somebody with connections of their own; the same person always in the same session."""
        with over_http(self.host, self.port) as send:
            visitor = Visitor(send, self.sessions.setdefault(who, {}))
            if not visitor.cookies:
                visitor.sign_in(who, PASSWORD)
            yield visitor

    def ask(self, who: str, requests: Sequence[Request], warm: int) -> Asked:
        """Ask everything, some at the same time; the first `warm` requests are not counted."""
        with ExitStack() as leaving:
            visitors = [leaving.enter_context(self.visitor(who)) for _ in range(AT_ONCE)]
            threads = leaving.enter_context(ThreadPoolExecutor(AT_ONCE))

            def answered(chosen: Sequence[Request]) -> list[float]:
                parts = [chosen[n::AT_ONCE] for n in range(AT_ONCE)]
                return [spent for part in threads.map(seconds, visitors, parts) for spent in part]

            answered(requests[:warm])
            with measured(self.pid) as cost:
                waited = answered(requests[warm:])
        return Asked(cost, waited)


@contextmanager
def served() -> Iterator[Served]:
    """Web server and two workers on a free port, as long as we are inside."""
    from taizhang.cli.serve import LOCAL, web_server

    with web_server(LOCAL) as (web, address):
        port = urlsplit(address).port
        assert port is not None, "the address names the port it was given"
        yield Served(web.pid, LOCAL, port)


def within(who: str) -> Visitor:
    """Somebody served by this very process."""
    visitor = Visitor(in_process())
    visitor.sign_in(who, PASSWORD)
    return visitor


def seconds(visitor: Visitor, requests: Sequence[Request]) -> list[float]:
    """One request after the other; how long each answer was waited for."""
    spent = []
    for request in requests:
        started = perf_counter()
        visitor.ask(request)
        spent.append(perf_counter() - started)
    return spent
