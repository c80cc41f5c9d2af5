"""Files of entries: on disk before any event speaks of them, unreadable there, opened by who may."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core import commands as c
from taizhang.core.actor import Agent
from taizhang.core.values import EvidenceRef
from taizhang.demo.pictures import picture
from taizhang.ledger import evidence, vault
from taizhang.ledger.evidence import (
    EvidenceRefused,
    NewFile,
    open_evidence,
    path_of,
    store_all,
    store_evidence,
)
from taizhang.ledger.handle import handle
from taizhang.ledger.media import UNKNOWN, media_type_of
from taizhang.ledger.models import Evidence
from taizhang.ledger.opening import OpeningRefused
from tests.ledger.office import Office, done, rows

NAME, CONTENT = "整改后照片.png", picture(1, mended=True)


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)


def attached(office: Office, *, for_units: bool = True) -> tuple[UUID, EvidenceRef]:
    entry_id = office.assigned()
    ref = store_evidence(entry_id, NAME, CONTENT, "image/png", "after", for_units)
    done(handle([c.AttachEvidence(entry_id=entry_id, evidence=ref)], office.everything_at(office.town)))
    return entry_id, ref


def refusal(agent: Agent, entry_id: UUID, ref: EvidenceRef, reason: str = "") -> str:
    with pytest.raises(OpeningRefused) as refused:
        open_evidence(agent, entry_id, ref.ref, reason)
    return refused.value.refusal.code


def stored_refusal(name: str, content: bytes) -> str:
    with pytest.raises(EvidenceRefused) as refused:
        store_evidence(uuid4(), name, content, "", "other", True)
    return refused.value.refusal.code


def files() -> list[Path]:
    return [path for path in (Path(settings.DATA) / "evidence").rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_was_given(office: Office) -> None:
    entry_id, ref = attached(office)
    opened = open_evidence(office.worker.acting, entry_id, ref.ref)
    assert (opened.name, opened.media_type, opened.content) == (NAME, "image/png", CONTENT)
    assert (ref.size, ref.purpose, ref.for_units) == (len(CONTENT), "after", True)


def test_on_disk_lies_only_ciphertext_under_its_own_hash(office: Office) -> None:
    attached(office)
    [path] = files()
    content = path.read_bytes()
    assert path.name == hashlib.sha256(content).hexdigest()
    assert path.parent.name == path.name[:2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert CONTENT[:32] not in content
    [(sealed_name,)] = rows("SELECT sealed_name FROM evidence")
    assert NAME.encode() not in bytes(sealed_name)


def test_file_and_row_are_there_before_any_event(office: Office) -> None:
    entry_id = office.assigned()
    before = rows("SELECT count(*) FROM event")
    ref = store_evidence(entry_id, NAME, CONTENT, "image/png", "other", True)
    assert Evidence.objects.filter(ref=ref.ref).exists()
    assert files()
    assert rows("SELECT count(*) FROM event") == before


def test_what_was_never_attached_is_opened_by_nobody(office: Office) -> None:
    entry_id = office.assigned()
    ref = store_evidence(entry_id, NAME, CONTENT, "image/png", "other", True)
    assert refusal(office.worker.acting, entry_id, ref) == "NoSuchEvidence"


def test_a_file_of_another_entry_is_not_this_ones(office: Office) -> None:
    _, ref = attached(office)
    other, _ = attached(office)
    assert refusal(office.worker.acting, other, ref) == "NoSuchEvidence"


def test_outside_the_scope_there_is_no_entry(office: Office) -> None:
    entry_id, ref = attached(office)
    outside = office.agent("乙县员壬", office.other_county)
    assert refusal(outside, entry_id, ref) == "NoSuchEntry"


def test_what_is_not_for_the_units_is_opened_like_anything_sealed(office: Office) -> None:
    entry_id, ref = attached(office, for_units=False)
    assert refusal(office.worker.acting, entry_id, ref, "想看一下原件") == "NotYoursToOpen"
    opener = office.agent("领导己", office.checking, "unseal", scope=office.city)
    assert refusal(opener, entry_id, ref) == "ReasonTooShort"
    assert rows("SELECT count(*) FROM opening") == [(0,)]
    assert open_evidence(opener, entry_id, ref.ref, "核对来信原件").content == CONTENT
    assert rows("SELECT ref, reason FROM opening") == [(ref.ref, "核对来信原件")]


def test_erasing_the_reporter_erases_their_files_and_leaves_the_works(office: Office) -> None:
    entry_id, theirs = attached(office, for_units=False)
    work = store_evidence(entry_id, NAME, CONTENT, "", "after", True)
    done(handle([c.AttachEvidence(entry_id=entry_id, evidence=work)], office.everything_at(office.town)))
    vault.erase(entry_id, "reporter", datetime.now().astimezone())
    opener = office.agent("领导己", office.checking, "unseal", scope=office.city)
    assert refusal(opener, entry_id, theirs, "核对来信原件") == "Erased"
    assert open_evidence(opener, entry_id, work.ref).content == CONTENT
    with pytest.raises(EvidenceRefused):
        store_evidence(entry_id, NAME, CONTENT, "", "other", False)


@pytest.mark.parametrize("place", ["content", "name"])
def test_what_was_tampered_with_does_not_open(office: Office, place: str) -> None:
    entry_id, ref = attached(office)
    if place == "content":
        [path] = files()
        content = bytearray(path.read_bytes())
        content[40] ^= 1
        path.write_bytes(content)
    else:
        row = Evidence.objects.get(ref=ref.ref)
        changed = bytearray(row.sealed_name)
        changed[-1] ^= 1
        rows("UPDATE evidence SET sealed_name = %s WHERE ref = %s RETURNING 1", bytes(changed), ref.ref)
    with pytest.raises(ValueError, match="does not open"):
        open_evidence(office.worker.acting, entry_id, ref.ref)


def test_a_file_in_anothers_place_is_not_the_one_the_event_speaks_of(office: Office) -> None:
    entry_id, ref = attached(office)
    other = store_evidence(entry_id, "别的.png", picture(2, mended=False), "", "other", True)
    rows(
        "UPDATE evidence SET content_sha = (SELECT content_sha FROM evidence WHERE ref = %s) WHERE ref = %s"
        " RETURNING 1",
        other.ref,
        ref.ref,
    )
    with pytest.raises(ValueError, match="does not open"):
        open_evidence(office.worker.acting, entry_id, ref.ref)


@pytest.mark.parametrize(
    "name", ["", "   ", "a/b.png", "a\\b.png", "a\nb.png", "a\0b", "长" * 256, "\ud800.png"]
)
def test_an_unfit_name_is_refused(office: Office, name: str) -> None:
    assert stored_refusal(name, CONTENT) == "FileNameUnfit"


def test_empty_and_oversized_files_are_refused_and_leave_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stored_refusal("空.txt", b"") == "FileEmpty"
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)
    assert stored_refusal("大.txt", b"x" * 11) == "FileTooLarge"
    entry_id = uuid4()
    with pytest.raises(EvidenceRefused):
        store_all([NewFile(entry_id, "好.txt", b"good"), NewFile(entry_id, "大.txt", b"x" * 11)])
    assert not (Path(settings.DATA) / "evidence").exists()
    assert not Evidence.objects.exists()


def test_nothing_to_store_is_nothing_stored(office: Office) -> None:
    assert store_all([]) == []


def test_everything_is_synced_before_it_is_spoken_of(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    store_evidence(uuid4(), NAME, CONTENT, "", "other", True)
    [path] = files()
    assert any(path.name in name for name in synced)
    assert {path.parent.name, "evidence"} <= set(synced)


KINDS = [
    (CONTENT, "image/png"),
    (b"\xff\xd8\xff\xe0" + b"0" * 20, "image/jpeg"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
    (b"PK\x03\x04" + b"\x00" * 26 + b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"PK\x03\x04" + b"\x00" * 30, "application/zip"),
    ("整改情况说明".encode(), "text/plain"),
    (b"<html><script>alert(1)</script></html>", "text/plain"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
    (b"\x00\x01\x02", UNKNOWN),
    ("整改".encode("gb18030"), UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), KINDS)
def test_the_content_says_what_kind_a_file_is(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind
    assert media_type_of(content, "text/html") == kind
    assert media_type_of(content, "image/svg+xml") == kind


def test_a_table_in_text_may_be_called_one() -> None:
    assert media_type_of(b"a,b\n1,2\n", "text/csv") == "text/csv"


@given(st.binary(max_size=80), st.text(max_size=40))
def test_no_content_is_ever_taken_for_markup(content: bytes, claimed: str) -> None:
    kind = media_type_of(content, claimed)
    assert "html" not in kind
    assert "svg" not in kind
    assert "javascript" not in kind


def test_where_a_file_lies_follows_from_what_lies_there() -> None:
    assert path_of("ab" + "0" * 62) == Path(settings.DATA) / "evidence" / "ab" / ("ab" + "0" * 62)
