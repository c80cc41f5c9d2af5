"""Files through the API: attached once, stored only where they may be, refused with their place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from taizhang.core import commands as c
from taizhang.ledger import attaching
from taizhang.ledger.evidence import open_evidence
from taizhang.ledger.handle import handle
from tests.api.callers import Caller, Staff, fault, places, read
from tests.ledger.office import Office, done, rows

PDF = b"%PDF-1.7 a plan"


def send(
    who: Caller,
    entry: UUID,
    content: bytes = PDF,
    *,
    version: int | None = 2,
    key: str = "",
    file: str = "方案.pdf",
    **said: Any,
) -> HttpResponse:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    headers |= {"Idempotency-Key": key} if key else {}
    given = {"file": SimpleUploadedFile(file, content), **said}
    return who.client.post(f"/api/entries/{entry}/evidence", given, headers=headers)  # type: ignore[return-value]


def stored() -> int:
    return int(rows("SELECT count(*) FROM evidence")[0][0])


@pytest.fixture
def entry(office: Office) -> UUID:
    return office.assigned()


def test_a_file_is_attached_and_stands_on_the_time_line(staff: Staff, office: Office, entry: UUID) -> None:
    response = send(staff.worker, entry, purpose="after")
    attached = read(response, 201)
    assert (attached["version"], response["ETag"], attached["repeated"]) == (3, '"3"', False)
    last = read(staff.clerk.get(f"entries/{entry}/events"))["events"][-1]
    assert last["facts"]["evidence"] == {
        "ref": attached["evidence"], "media_type": "application/pdf", "size": len(PDF), "purpose": "after", "for_units": True,
    }  # fmt: skip
    opened = open_evidence(office.agent("办理员丙", office.town), entry, UUID(attached["evidence"]))
    assert (opened.name, opened.content) == ("方案.pdf", PDF)


def test_a_name_may_be_given_apart_from_the_header(staff: Staff, office: Office, entry: UUID) -> None:
    ref = read(send(staff.worker, entry, file="a.pdf", name="整改方案.pdf"), 201)["evidence"]
    assert open_evidence(office.agent("办理员丙", office.town), entry, UUID(ref)).name == "整改方案.pdf"


def test_the_reporter_s_own_file_is_sealed(staff: Staff, entry: UUID) -> None:
    read(send(staff.worker, entry, for_units=False), 201)
    last = read(staff.clerk.get(f"entries/{entry}/events"))["events"][-1]
    assert last["facts"]["evidence"]["for_units"] is False


def test_the_same_key_attaches_the_same_file_once(staff: Staff, entry: UUID) -> None:
    first = read(send(staff.worker, entry, key="k"), 201)
    assert read(send(staff.worker, entry, key="k"), 201) == {**first, "repeated": True}
    for other in ({"content": PDF + b"!"}, {"name": "别的.pdf"}, {"purpose": "after"}, {"version": 3}):
        assert fault(send(staff.worker, entry, key="k", **other), 409)["code"] == "KeyReused"
    assert stored() == 1


def test_a_stale_version_stores_nothing_and_says_what_was_done(
    staff: Staff, office: Office, entry: UUID
) -> None:
    assert fault(send(staff.worker, entry, version=None), 428)["code"] == "version_missing"
    done(handle([c.AcceptEntry(entry_id=entry)], office.worker))
    error = fault(send(staff.worker, entry), 412)
    assert error["version"] == 3 and [one["verb"] for one in error["since"]] == ["accept"]
    assert "办理员丙" in error["message"]["zh"]
    assert stored() == 0


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"name": "路\0灯.pdf"}, {"body.name": "not_storable"}),
        ({"name": "长" * 10_001}, {"body.name": "string_too_long"}),
        ({"purpose": "during"}, {"body.purpose": "literal_error"}),
        ({"for_units": "maybe"}, {"body.for_units": "bool_parsing"}),
        ({"occurred_on": "2026-13-01"}, {"body.occurred_on": "date_from_datetime_parsing"}),
        ({"source_kind": "rumour"}, {"body.source_kind": "literal_error"}),
        ({"source_note": "电\0话"}, {"body.source_note": "not_storable"}),
        ({"acted_by": 999}, {"body.acted_by": "NoSuchPerson"}),
        ({"acted_by": 0}, {"body.acted_by": "greater_than_equal"}),
        ({"colour": "red"}, {"body.colour": "extra_forbidden"}),
    ],
)
def test_what_does_not_hold_is_answered_with_its_place(
    staff: Staff, entry: UUID, said: dict[str, Any], where: dict[str, str]
) -> None:
    assert places(send(staff.worker, entry, **said)) == where
    assert stored() == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "../现场.png"}, "FileNameUnfit"),
        ({"name": "一\n二.png"}, "FileNameUnfit"),
        ({"name": "长" * 256}, "FileNameUnfit"),
        ({"content": b""}, "FileEmpty"),
    ],
)
def test_a_file_nobody_could_store_is_refused_as_content(
    staff: Staff, entry: UUID, said: dict[str, Any], code: str
) -> None:
    assert fault(send(staff.worker, entry, **said), 422)["code"] == code
    assert stored() == 0


def test_without_a_file_there_is_nothing_to_attach(staff: Staff, entry: UUID) -> None:
    response = staff.worker.client.post(f"/api/entries/{entry}/evidence", {}, headers={"If-Match": '"2"'})
    assert places(response) == {"body.file": "missing"}  # type: ignore[arg-type]


def test_one_file_at_a_time(staff: Staff, entry: UUID) -> None:
    two = {"file": [SimpleUploadedFile("一.pdf", PDF), SimpleUploadedFile("二.pdf", PDF)]}
    response = staff.worker.client.post(f"/api/entries/{entry}/evidence", two, headers={"If-Match": '"2"'})
    assert places(response) == {"body.file": "several"}  # type: ignore[arg-type]
    assert stored() == 0


def test_a_file_too_large_is_told_so(staff: Staff, entry: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_BYTES", len(PDF) - 1)
    error = fault(send(staff.worker, entry), 413)
    assert error["code"] == "FileTooLarge" and "50 MB" in error["message"]["zh"]
    assert stored() == 0


def test_what_would_be_refused_is_not_stored(staff: Staff, office: Office, entry: UUID) -> None:
    assert fault(send(staff.clerk, entry), 403)["code"] == "NotYourDuty"
    assert fault(send(staff.stranger, entry), 404)["code"] == "NoSuchEntry"
    office.reported_done(entry)
    done(handle([c.PassVerification(entry_id=entry)], office.checker))
    assert fault(send(staff.worker, entry, version=6), 409)["code"] == "AlreadyVerified"
    assert stored() == 0


def test_a_file_is_attached_for_another_with_its_source(staff: Staff, office: Office, entry: UUID) -> None:
    worker = office.people["办理员丙"]
    assert fault(send(staff.clerk, entry, acted_by=worker), 409)["code"] == "SourceMissing"
    read(send(staff.clerk, entry, acted_by=worker, source_kind="chat", source_note="微信发来"), 201)
    last = read(staff.clerk.get(f"entries/{entry}/events"))["events"][-1]
    assert (last["acted_by"]["id"], last["typed_by"]["name"]) == (worker, "登记员甲")
    assert last["source"] == {"kind": "chat", "note": "微信发来"}
    assert stored() == 1
