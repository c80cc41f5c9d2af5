"""Offices to test the ledger in: one whose writes are rolled back, one with real commits."""

from __future__ import annotations

import pytest

from tests.ledger.office import Office, open_office


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


@pytest.fixture
def live_office(fresh_database: str) -> Office:
    return open_office()
