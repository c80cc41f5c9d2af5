"""Ledgers and the playbook texts they were opened on, remembered by each process.

A playbook version never changes. What is said of the ledgers holds for one `Site.version`: whoever opens or
changes one marks the site, and every other process reads them anew with its next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

from taizhang.core.actor import Agent
from taizhang.core.playbook import Playbook
from taizhang.core.playbook_text import read_playbook
from taizhang.core.wording import Label
from taizhang.ledger.models import Ledger, PlaybookVersion
from taizhang.org.models import Site
from taizhang.org.settling import mark_changed
from taizhang.org.sites import version_seen


@dataclass(frozen=True, slots=True)
class OpenLedger:
    """One ledger as the write path needs it."""

    ledger_id: int
    key: str
    name: str
    unit_id: int
    playbook_sha: str


class LedgerKeyTaken(Exception):
    """A ledger of this key is open already."""


MAY_OPEN = Label(
    "开设台账须由系统操作员，或有“管理”职责的岗位办理",
    "ledgers are opened by the operator, or from a post with the duty to administer",
)


def may_open(agent: Agent) -> bool:
    """Whether this person opens ledgers."""
    return "administer" in agent.duties


def open_ledger(
    site: Site, texts: dict[str, str], *, key: str, name: str, unit_id: int, opened_by: int, now: Any
) -> OpenLedger:
    """Store the playbook's texts by their hash and open a ledger on them. Raises LedgerKeyTaken, PlaybookRefused."""
    playbook = read_playbook(texts)
    with transaction.atomic():
        # First, because it holds the site's row: of two who open a ledger at once the second waits here.
        mark_changed()
        if Ledger.objects.filter(site_id=site.id, key=key).exists():
            raise LedgerKeyTaken(key)
        PlaybookVersion.objects.get_or_create(
            site_id=site.id,
            sha=playbook.sha,
            defaults={"key": playbook.key, "version": playbook.version, "texts": texts, "stored_at": now},
        )
        last = (
            Ledger.objects.filter(site_id=site.id)
            .order_by("-ledger_id")
            .values_list("ledger_id", flat=True)
            .first()
        )
        row = Ledger.objects.create(
            site_id=site.id,
            ledger_id=(last or 0) + 1,
            key=key,
            name=name or str(playbook.name),
            unit_id=unit_id,
            playbook_sha=playbook.sha,
            opened_at=now,
            opened_by=opened_by,
        )
    return _plain(row)


def all_ledgers(site: Site) -> list[OpenLedger]:
    """In the order in which they were opened."""
    return [ledger for (site_id, _key), ledger in _picture().by_key.items() if site_id == site.id]


def by_key(site: Site, key: str) -> OpenLedger | None:
    wanted = site.id, key
    return _picture().by_key.get(wanted) or _picture(anew=True).by_key.get(wanted)


def by_id(ledger_id: int) -> OpenLedger | None:
    return _picture().by_id.get(ledger_id) or _picture(anew=True).by_id.get(ledger_id)


def of_entry(ledger_id: int) -> OpenLedger:
    """The ledger an entry stands on."""
    ledger = by_id(ledger_id)
    assert ledger is not None, "entries stand only on opened ledgers"
    return ledger


def unit_of(ledger_id: int) -> int:
    """The unit that keeps the ledger."""
    return of_entry(ledger_id).unit_id


@lru_cache(maxsize=64)
def playbook(sha: str) -> Playbook:
    """The pinned playbook version of this hash."""
    return read_playbook(playbook_texts(sha))


def playbook_texts(sha: str) -> dict[str, str]:
    """The texts of the pinned playbook version of this hash, by file."""
    texts: dict[str, str] = PlaybookVersion.objects.get(sha=sha).texts
    return texts


@dataclass(frozen=True, slots=True)
class _Picture:
    """The ledgers at a version of the site."""

    version: UUID | None
    by_id: dict[int, OpenLedger]
    by_key: dict[tuple[int, str], OpenLedger]


_remembered: _Picture | None = None


def _picture(*, anew: bool = False) -> _Picture:
    """What this process remembers while the site is as it was; `anew` for what is not in it, and may be by now."""
    global _remembered  # noqa: PLW0603 - one picture per process, as of the tree
    version, known = version_seen(), _remembered
    if anew or version is None or known is None or known.version != version:
        rows = [(row.site_id, _plain(row)) for row in Ledger.objects.order_by("ledger_id")]
        by_id = {ledger.ledger_id: ledger for _site, ledger in rows}
        by_key = {(site_id, ledger.key): ledger for site_id, ledger in rows}
        known = _remembered = _Picture(version, by_id, by_key)
    return known


def forget() -> None:
    """Drop what this process remembers; for tests that change databases under it."""
    global _remembered  # noqa: PLW0603
    _remembered = None
    playbook.cache_clear()


def _plain(row: Ledger) -> OpenLedger:
    return OpenLedger(row.ledger_id, row.key, row.name, row.unit_id, row.playbook_sha)
