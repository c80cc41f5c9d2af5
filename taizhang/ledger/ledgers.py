"""Ledgers and the playbook texts they were opened on. Read rarely, cached per process: versions never change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction

from taizhang.core.playbook import Playbook
from taizhang.core.playbook_text import read_playbook
from taizhang.ledger.models import Ledger, PlaybookVersion
from taizhang.org.models import Site


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


def open_ledger(
    site: Site, texts: dict[str, str], *, key: str, name: str, unit_id: int, opened_by: int, now: Any
) -> OpenLedger:
    """Store the playbook's texts by their hash and open a ledger on them. Raises LedgerKeyTaken, PlaybookRefused."""
    playbook = read_playbook(texts)
    with transaction.atomic():
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
    return [_plain(row) for row in Ledger.objects.filter(site_id=site.id).order_by("ledger_id")]


def by_key(site: Site, key: str) -> OpenLedger | None:
    row = Ledger.objects.filter(site_id=site.id, key=key).first()
    return _plain(row) if row is not None else None


_by_id: dict[int, OpenLedger] = {}


def by_id(ledger_id: int) -> OpenLedger | None:
    """The ledger, from this process's memory when it was seen before."""
    if ledger_id not in _by_id:
        row = Ledger.objects.filter(ledger_id=ledger_id).first()
        if row is None:
            return None
        _by_id[ledger_id] = _plain(row)
    return _by_id[ledger_id]


def unit_of(ledger_id: int) -> int:
    """The unit that keeps the ledger."""
    ledger = by_id(ledger_id)
    assert ledger is not None, "entries stand only on opened ledgers"
    return ledger.unit_id


@lru_cache(maxsize=64)
def playbook(sha: str) -> Playbook:
    """The pinned playbook version of this hash."""
    return read_playbook(PlaybookVersion.objects.get(sha=sha).texts)


def forget() -> None:
    """Drop what this process remembers; for tests that change databases under it."""
    _by_id.clear()
    playbook.cache_clear()


def _plain(row: Ledger) -> OpenLedger:
    return OpenLedger(row.ledger_id, row.key, row.name, row.unit_id, row.playbook_sha)
