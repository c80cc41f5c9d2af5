"""启封: the duty, the scope and a reason; written down before anything is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from taizhang.core import commands as c
from taizhang.core.actor import Agent
from taizhang.ledger import opening, vault
from taizhang.ledger.handle import handle
from taizhang.ledger.opening import OpeningRefused, open_sealed
from tests.ledger.office import Office, done, rows

PHONE = "138-0000-1234"
REASON = "核实来电号码"


@pytest.fixture
def entry_id(office: Office) -> UUID:
    return office.assigned(fields={"phone": PHONE})


def opener(office: Office, unit: int | None = None, *duties: str) -> Agent:
    return office.agent(
        "领导己", unit or office.checking, *(duties or ("inspect", "unseal")), scope=office.city
    )


def recorded() -> list[tuple[Any, ...]]:
    return rows("SELECT entry_id, person_id, unit_id, reason FROM opening ORDER BY opened_at")


def refusal(*given: Any) -> str:
    with pytest.raises(OpeningRefused) as refused:
        open_sealed(*given)
    return refused.value.refusal.code


def test_whoever_may_reads_the_value_and_is_recorded(office: Office, entry_id: UUID) -> None:
    agent = opener(office)
    assert open_sealed(agent, entry_id, "phone", f"  {REASON} ") == PHONE
    assert recorded() == [(entry_id, agent.person_id, office.checking, REASON)]


def test_the_record_stands_before_the_value_is_read(
    office: Office, entry_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "opened", lambda *_: f"{len(recorded())} recorded")
    assert open_sealed(opener(office), entry_id, "phone", REASON) == "1 recorded"


def test_the_record_stays_when_the_reader_fails(live_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_id = live_office.assigned(fields={"phone": PHONE})

    def fails(*_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(vault, "opened", fails)
    with pytest.raises(RuntimeError):
        open_sealed(opener(live_office), entry_id, "phone", REASON)
    assert len(recorded()) == 1


@pytest.mark.parametrize("reason", ["", "看看", "    看  "])
def test_a_reason_is_needed(office: Office, entry_id: UUID, reason: str) -> None:
    assert refusal(opener(office), entry_id, "phone", reason) == "ReasonTooShort"
    assert recorded() == []


def test_the_duty_is_needed(office: Office, entry_id: UUID) -> None:
    agent = opener(office, None, "inspect", "dispatch", "register")
    assert refusal(agent, entry_id, "phone", REASON) == "NotYoursToOpen"
    assert recorded() == []


def test_the_scope_is_needed(office: Office, entry_id: UUID) -> None:
    agent = office.agent("乙县员壬", office.other_county, "unseal")
    assert refusal(agent, entry_id, "phone", REASON) == "NoSuchEntry"
    assert recorded() == []


def test_to_the_named_unit_there_is_nothing_to_open(office: Office) -> None:
    entry_id = office.registered(fields={"phone": PHONE}, flags=("accusation",), named_units=(office.county,))
    for unit in (office.county, office.town, office.section):
        assert refusal(opener(office, unit), entry_id, "phone", REASON) == "NoSuchEntry"
    assert recorded() == []
    assert open_sealed(opener(office), entry_id, "phone", REASON) == PHONE


@pytest.mark.parametrize("key", ["title", "letter", "nothing"])
def test_what_is_not_sealed_is_said_so(office: Office, entry_id: UUID, key: str) -> None:
    assert refusal(opener(office), entry_id, key, REASON) == "NothingSealed"
    assert recorded() == []


def test_an_erased_value_is_gone(office: Office, entry_id: UUID) -> None:
    assert vault.erase(entry_id, "reporter", datetime.now().astimezone())
    assert refusal(opener(office), entry_id, "phone", REASON) == "Erased"


def test_the_value_as_amended_last_is_opened(office: Office, entry_id: UUID) -> None:
    done(handle([c.AmendEntry(entry_id=entry_id, changes={"phone": "138-0000-9999"})], office.clerk))
    assert open_sealed(opener(office), entry_id, "phone", REASON) == "138-0000-9999"


def test_both_languages_say_how_long_a_reason_is() -> None:
    message = opening.ReasonTooShort(str(opening.LEAST_REASON)).message
    assert "4" in message.zh
    assert "4" in message.en


def test_nothing_is_opened_inside_a_transaction_that_could_take_the_record_back(live_office: Office) -> None:
    entry_id = live_office.assigned(fields={"phone": PHONE})
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        open_sealed(opener(live_office), entry_id, "phone", REASON)
