"""A site with real commits, files and keys, and an empty database beside it to restore into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings

from taizhang.backup.pointing import pointed_at
from taizhang.core import commands as c
from taizhang.demo.pictures import picture
from taizhang.ledger import cells, keystore, sealing, searching
from taizhang.ledger.evidence import store_evidence
from taizhang.ledger.handle import handle
from tests.databases import TestServer
from tests.ledger.office import Office, done, open_office


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "数据"
    folder.mkdir()
    monkeypatch.setattr(settings, "DATA", folder)
    monkeypatch.setattr(keystore, "_opened", {})
    return folder


@pytest.fixture
def office(fresh_database: str, data: Path) -> Office:
    """Entries at several stages, sealed values, three files, search and cells as the worker leaves them."""
    office = open_office()
    for n in range(12):
        office.registered(
            f"第{n}条\t含制表\n与换行 \\N", fields={"phone": f"1380000{n:04}", "letter": "来信原文"}
        )
    for n in range(3):
        entry = office.assigned(f"有照片的第{n}条")
        with_file(office, entry, n)
    office.closed(office.assigned("已销号的一条"))
    sealing.seal(1)
    cells.pack(1)
    cells.snapshot(1, office.today)
    searching.index(1)
    return office


def with_file(office: Office, entry: Any, n: int) -> None:
    ref = store_evidence(entry, f"照片{n}.png", picture(n, mended=True), "image/png", "after", True)
    done(handle([c.AttachEvidence(entry_id=entry, evidence=ref)], office.everything_at(office.town)))


@contextmanager
def empty_database(server: TestServer) -> Iterator[None]:
    """Everything in here meets a database without a table, as on an empty machine."""
    name = f"test_{uuid4().hex[:12]}"
    server.execute(f'CREATE DATABASE "{name}"')
    try:
        with pointed_at(*(url_of(server.parameters(role, name)) for role in ("app", "owner"))):
            yield
    finally:
        server.drop(name)


def url_of(given: dict[str, str]) -> str:
    user, password, host = (quote(str(given[name]), safe="") for name in ("user", "password", "host"))
    return f"postgresql://{user}:{password}@{host}:{given.get('port', '')}/{given['dbname']}"
