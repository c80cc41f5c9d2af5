"""Turning this process to another database for a while: a restored one, which is not the site it runs for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from taizhang.org import sites
from taizhang.settings import database_of


@contextmanager
def pointed_at(application_url: str, owner_url: str) -> Iterator[None]:
    """Everything in here meets that database. For a process of one thread: the connections are everybody's."""
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    wanted = {"default": database_of(application_url), "owner": database_of(owner_url)}
    _turn(wanted)
    try:
        yield
    finally:
        _turn(before)


def _turn(settings: dict[str, dict[str, object]]) -> None:
    for alias, values in settings.items():
        connections[alias].close()
        connections[alias].settings_dict.update(values)
    # What else a process remembers, it remembers under the site's version.
    sites.forget()
