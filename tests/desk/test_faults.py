"""A fault of ours: the page gives a number, the log has it with the trace, and no word of a row goes anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from taizhang.fault_log import LOG
from tests.desk.staff import Staff
from tests.ledger.office import rows

TITLE = "城关镇的路灯不亮"


@pytest.fixture
def broken(staff: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    """A signed-in clerk's browser, on a site whose every list fails in the database on what a row says."""

    def page(*_: object, **__: object) -> None:
        with transaction.atomic():
            rows("SELECT title::int FROM entry WHERE title = %s", TITLE)

    monkeypatch.setattr("taizhang.ledger.queries.page", page)
    monkeypatch.setattr(settings, "DATA", tmp_path)
    browser = staff.client("clerk")
    browser.raise_request_exception = False
    return browser


def logged(number: str, doing: str, captured: str) -> None:
    """The number stands in the file and on standard error, with its trace and without the row."""
    text = (settings.DATA / LOG).read_text(encoding="utf-8")
    for said in (text, captured):
        assert f" {number} {doing}\n" in said
        assert "InvalidTextRepresentation 22P02" in said and "test_faults.py" in said
        assert TITLE not in said


def test_a_page_that_fails_gives_a_number_the_operator_finds(
    broken: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken.get("/ledgers/sample/", {"q": "张三"})
    page = answer.content.decode()
    found = re.search(r'class="number">([0-9a-f]{8})<', page)
    assert answer.status_code == 500 and found is not None and TITLE not in page
    logged(found[1], "GET /ledgers/sample/", caplog.text)
    assert "张三" not in caplog.text


def test_an_operation_of_the_api_that_fails_gives_a_number_the_operator_finds(
    broken: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken.get("/api/ledgers/sample/entries")
    error = json.loads(answer.content)["error"]
    assert (answer.status_code, error["code"]) == (500, "unexpected") and TITLE not in str(error)
    logged(error["number"], "GET /api/ledgers/sample/entries", caplog.text)


def test_a_fault_outside_of_every_view_has_its_number_too(
    broken: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise RuntimeError(TITLE)

    monkeypatch.setattr("django.contrib.messages.middleware.MessageMiddleware.process_request", lost)
    answer = broken.get("/%0a伪造的一行/")
    found = re.search(r'class="number">([0-9a-f]{8})<', answer.content.decode())
    assert answer.status_code == 500 and found is not None
    text = (settings.DATA / LOG).read_text(encoding="utf-8")
    assert f" {found[1]} GET /%0A%E4%BC%AA" in text and "in lost" in text and TITLE not in text


def test_a_form_of_too_many_entries_is_answered_in_words(staff: Staff) -> None:
    given = {f"field-{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = staff.client("clerk").post("/ledgers/sample/register/", given)
    page = answer.content.decode()
    assert answer.status_code == 400 and "超出限制" in page and "编号" not in page
