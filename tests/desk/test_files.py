"""The files of an entry on its page: pictures of before and after in pairs, everything else as a list."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.values import Purpose
from taizhang.desk import files
from taizhang.ledger.evidence import store_evidence
from taizhang.ledger.handle import handle
from tests.desk.staff import Staff
from tests.desk.test_pages import PIXEL, post_move
from tests.ledger.office import BY_PHONE, done, rows

PDF = b"%PDF-1.7 " + b"x" * 3000


def attach(
    staff: Staff,
    purpose: Purpose,
    content: bytes = PIXEL,
    *,
    for_units: bool = True,
    actor: Actor | None = None,
) -> UUID:
    entry = staff.entries["own"]
    ref = store_evidence(entry, "现场.png", content, "", purpose, for_units)
    who = actor or staff.office.worker
    source = BY_PHONE if who.for_another else None
    done(handle([c.AttachEvidence(entry_id=entry, evidence=ref, source=source)], who))
    return ref.ref


def page(staff: Staff, role: str = "desk") -> tuple[files.Files, str]:
    answer = staff.client(role).get(f"/entries/{staff.entries['own']}/")
    return answer.context["files"], answer.content.decode()


def refs(found: files.Files) -> list[tuple[UUID | None, UUID | None]]:
    return [
        (one.file.ref if one.file else None, two.file.ref if two.file else None) for one, two in found.pairs
    ]


def test_the_first_before_stands_beside_the_first_after_and_a_gap_is_named(staff: Staff) -> None:
    before, again = attach(staff, "before"), attach(staff, "before")
    after = attach(staff, "after")
    found, text = page(staff)
    assert refs(found) == [(before, after), (again, None)]
    assert text.count("<figcaption>") == 4 and text.count("还没有图片") == 1
    assert [half.purpose for half in found.pairs[0]] == ["整改前", "整改后"]


def test_a_caption_says_who_and_when_and_who_typed_it(staff: Staff) -> None:
    office = staff.office
    attach(staff, "before")
    attach(staff, "after", actor=Actor(office.worker.acting, office.clerk.acting))
    ((before, after),) = page(staff)[0].pairs
    assert before.file.who == "办理员丙" and after.file.who == "办理员丙（登记员甲 代录）"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", before.file.when)


def test_previews_are_fetched_only_when_they_come_into_sight(staff: Staff) -> None:
    attach(staff, "before")
    (picture,) = re.findall(r"<img [^>]+>", page(staff)[1])
    assert 'loading="lazy"' in picture and 'alt="整改前' in picture and 'class="preview"' in picture


def test_a_large_picture_is_a_link_in_its_place(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_PREVIEWED", len(PIXEL) - 1)
    ref = attach(staff, "after")
    found, text = page(staff)
    assert refs(found) == [(None, ref)]
    assert "图片较大，点开查看" in text and "<img" not in text


def test_whatever_is_no_picture_is_a_link_with_its_kind_and_size(staff: Staff) -> None:
    plan, report = attach(staff, "before", PDF), attach(staff, "other", b"PK\x03\x04 word/document.xml")
    found, text = page(staff)
    assert not found.pairs
    assert [(file.ref, file.purpose, file.kind) for file in found.others] == [
        (plan, "整改前", "PDF · 3 KB"),
        (report, "其他材料", "Word · 1 KB"),
    ]
    assert "整改前 · PDF · 3 KB</a>" in text and "材料：PDF · 3 KB" in text


def test_the_form_attaches_one_file_once_however_often_it_is_sent(staff: Staff) -> None:
    entry = staff.entries["own"]
    for _ in range(2):
        sent = {"file": SimpleUploadedFile("现场.png", PIXEL), "purpose": "after", "key": "k"}
        assert post_move(staff, "handler", entry, "attach", 2, **sent)[0] == 302
    ((_, after),) = page(staff)[0].pairs
    assert after.file is not None and rows("SELECT count(*) FROM evidence") == [(1,)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "请选一个文件"),
        ({"file": b"x", "purpose": "during"}, "请选一个用途"),
        ({"file": b""}, "是空的"),
        ({"file": b"x", "expected_version": 1}, "您打开之后条目已变动"),
    ],
)
def test_what_cannot_be_attached_is_said_and_not_stored(
    staff: Staff, typed: dict[str, object], words: str
) -> None:
    sent = {"expected_version": 2, **typed}
    if isinstance(content := typed.get("file"), bytes):
        sent["file"] = SimpleUploadedFile("现场.png", content)
    answer = staff.client("handler").post(f"/entries/{staff.entries['own']}/moves/attach/", sent)
    assert answer.status_code in (409, 422) and words in answer.content.decode()
    assert rows("SELECT count(*) FROM evidence") == [(0,)]


def test_a_sealed_picture_is_never_shown_beside_another(staff: Staff) -> None:
    sealed = attach(staff, "before", for_units=False)
    found, text = page(staff)
    assert not found.pairs and [file.ref for file in found.others] == [sealed]
    assert f"/evidence/{sealed}/" not in text and "密封 · PNG 图片" in text
    assert f'action="/entries/{staff.entries["own"]}/evidence/{sealed}/"' in page(staff, "inspector")[1]
