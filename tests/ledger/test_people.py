"""Personal data: nowhere in plain, gone with its key."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from taizhang.core import commands as c
from taizhang.core.events import EntryRegistered
from taizhang.core.values import EvidenceRef, SealedRef
from taizhang.ledger import cells, queries, store, vault
from taizhang.ledger.evidence import open_evidence, store_evidence
from taizhang.ledger.handle import handle
from taizhang.ledger.keystore import KeyDestroyed, KeyStore, keystore
from taizhang.ledger.opening import OpeningRefused
from taizhang.ledger.rebuild import rebuild
from taizhang.ledger.sealing import seal
from taizhang.ledger.vault import ValueErased, commitment, opened, subject_of
from taizhang.ledger.visibility import scope_of
from taizhang.ledger.work import work_once
from taizhang.org.sites import now
from tests.conftest import on_debian
from tests.databases import TestServer
from tests.ledger.office import Office, done, refusals, rows

PHONE, NAME = "13987650413", "欧阳拾穗"
FILE_NAME = "欧阳拾穗身份证.jpg"
LETTER = "我叫欧阳拾穗，住柳荫巷七号，实名反映邻居违建"
PLANTED = (PHONE, NAME, "柳荫巷七号", "13687604319", "13770019")


def spellings(text: str) -> list[bytes]:
    """As a dump or a file could hold the text: plain, escaped, hex, and base64 at each of its three offsets."""
    raw = text.encode()
    escaped = text.encode("unicode_escape")
    shifted = (base64.b64encode(b"\0" * n + raw)[(0, 4, 4)[n] : -4] for n in range(3))
    return [
        raw,
        escaped,
        text.encode("utf-16-le"),
        text.encode("gb18030"),
        raw.hex().encode(),
        raw.hex().upper().encode(),
        *shifted,
    ]


FORMS = {form: text for text in PLANTED for form in spellings(text)}


def stands_in(content: bytes) -> list[str]:
    return [text for form, text in FORMS.items() if form in content]


def files_of_this_site(everything: Path) -> list[Path]:
    """Every file the tests' server and site have, but the keys and the tables of other tests' databases."""
    ((number,),) = rows("SELECT oid FROM pg_database WHERE datname = current_database()")

    def is_ours(path: Path) -> bool:
        above = path.parts
        return "keys" not in above and ("base" not in above or str(number) in above)

    # os.walk, unlike rglob, does not fail where a folder goes while it walks.
    files = (Path(folder, name) for folder, _, names in os.walk(everything) for name in names)
    return [path for path in files if is_ours(path) and path.is_file()]


def contents(paths: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """What stands in each file; a server at work replaces some of its own between listing and reading."""
    for path in paths:
        with suppress(FileNotFoundError):
            yield path, path.read_bytes()


def dump(server: TestServer, name: str) -> bytes:
    """Everything the database holds, bytea in hex and rows as INSERTs with their columns."""
    given = server.parameters("owner", name)
    command = [
        str(Path(server.server.binaries) / "pg_dump"),  # type: ignore[attr-defined]
        "--column-inserts",
        "--host",
        given["host"],
        "--port",
        given.get("port", "5432"),
        "--username",
        given["user"],
        name,
    ]
    environment = {**os.environ, "PGPASSWORD": given["password"], "LC_ALL": "C"}
    return subprocess.run(command, check=True, capture_output=True, env=environment, timeout=60).stdout


def write_about_people(office: Office) -> UUID:
    """Every way in which a personal value can come to `handle`: taken, refused, repeated, amended, misread."""
    personal = {"phone": PHONE, "letter": LETTER}
    command = office.registration("邻居违建", fields=personal)
    done(handle([command], office.clerk, key="once"))
    handle([command], office.clerk, key="once")
    entry = command.entry_id
    amended = c.AmendEntry(entry_id=entry, changes={"phone": "13687604319"})
    done(handle([amended], office.clerk))
    wrong: list[c.AnyCommand] = [
        office.registration(fields={**personal, "none": "x"}),
        office.registration(fields={"phone": (PHONE,)}),
        office.registration(fields={"phone": PHONE * 300}),
        office.registration(fields={"letter": LETTER + "\0"}),
        office.registration(fields={**personal, "kind": "没有"}),
        c.AmendEntry(entry_id=entry, changes={"letter": LETTER}, expected_version=1),
        command,
    ]
    assert all(refusals(handle(wrong, office.clerk, key="wrong", on_refusal="skip")))
    handle(
        [office.registration(f"{n}", fields={"phone": f"13770019{n:03d}"}) for n in range(30)], office.clerk
    )
    attach_files(office, entry)
    seal(1)
    cells.pack(1)
    with pytest.raises(psycopg.Error):
        rows("SELECT no_such_column FROM sealed WHERE ref = %s", entry)
    connections["default"].close()
    return entry


def attach_files(office: Office, entry: UUID) -> None:
    """One file for the units, one of the reporter's, opened once each."""
    for for_units in (True, False):
        ref = store_evidence(entry, FILE_NAME, LETTER.encode(), "text/plain", "other", for_units)
        done(handle([c.AttachEvidence(entry_id=entry, evidence=ref)], office.everything_at(office.city)))
        opener = office.agent("领导己", office.city)
        found = open_evidence(opener, entry, ref.ref, "核实举报人身份")
        assert (found.name, found.content.decode()) == (FILE_NAME, LETTER)


def test_no_personal_value_is_in_the_database_nor_in_any_file(
    live_office: Office,
    fresh_database: str,
    database_server: TestServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A full dump, and everything on the disk but the keys: tables, write-ahead log, server logs, evidence."""
    entry = write_about_people(live_office)
    for_all = dump(database_server, fresh_database)
    assert str(entry).encode() in for_all
    assert "邻居违建".encode() in for_all, "what may be seen is found, so the search works"
    assert stands_in(for_all) == []
    visible = []
    for path, content in contents(files_of_this_site(tmp_path_factory.getbasetemp())):
        assert stands_in(content) == [], path
        visible += [path] if "邻居违建".encode() in content else []
    if not on_debian():
        assert any("pg_wal" in path.parts for path in visible), (
            "tables, log and files of the server were read"
        )
        assert list(Path(settings.DATA).parent.rglob("*log*"))
    assert list(Path(settings.DATA).rglob("evidence/*/*"))


def test_sealed_values_are_in_no_list_search_count_or_export(office: Office) -> None:
    entry = office.registered("邻居违建", fields={"phone": PHONE, "letter": LETTER})
    scope = scope_of(office.desk.acting)
    for word in (PHONE, PHONE[:4], NAME, "欧阳", LETTER, "柳荫巷", "sealed"):
        filters = queries.Filters(office.ledger_id, search=word)
        assert queries.count(1, scope, filters) == 0, word
        assert queries.page(1, scope, filters).entries == ()
    (listed,) = queries.each(1, scope, queries.Filters(office.ledger_id, search="违建"))
    shown = repr(listed) + repr(queries.by_id(1, scope, entry)) + repr(queries.time_line(1, scope, entry))
    assert stands_in(shown.encode()) == []
    assert stands_in(repr(cells.standing(1, office.ledger_id, office.today)).encode()) == []
    work_once(office.site)
    ((grams, key),) = rows("SELECT grams::text, sort_key FROM entry_search JOIN entry USING (entry_id)")
    assert "违建" in grams and stands_in((grams + key).encode()) == []


def test_a_refusal_does_not_repeat_the_personal_value(office: Office) -> None:
    for fields in (
        {"phone": (PHONE,)},
        {"phone": PHONE * 300},
        {"letter": LETTER + "\0"},
        {"letter": LETTER * 9_999},
    ):
        result = handle([office.registration(fields=fields)], office.clerk)
        assert refusals(result) == ["FieldInvalid"]
        assert stands_in(repr(result).encode()) == []


def sealed_of(entry: UUID, key: str = "phone") -> tuple[SealedRef, UUID, bytes]:
    registered = store.histories(1, [entry])[entry][0].event
    assert isinstance(registered, EntryRegistered)
    ref = registered.fields[key]
    assert isinstance(ref, SealedRef)
    ((subject, ciphertext),) = rows("SELECT subject_id, ciphertext FROM sealed WHERE ref = %s", ref.ref)
    return ref, subject, ciphertext


def test_a_sealed_value_opens_and_proves_itself(office: Office) -> None:
    entry = office.registered(fields={"phone": PHONE, "letter": LETTER})
    ref, subject, ciphertext = sealed_of(entry)
    assert subject == subject_of(entry, "reporter")
    assert opened(ref, subject, ciphertext) == PHONE
    assert opened(*sealed_of(entry, "letter")) == LETTER
    other = office.registered(fields={"phone": PHONE})
    another_ref, another_subject, another = sealed_of(other)
    assert another_ref.commit != ref.commit
    for wrong in (
        (another_ref, subject, ciphertext),
        (ref, another_subject, ciphertext),
        (ref, subject, another),
        (SealedRef(ref.ref, another_ref.commit), subject, ciphertext),
        (ref, subject, ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])),
    ):
        with pytest.raises(ValueError, match="sealed value"):
            opened(*wrong)


def test_a_reference_cannot_be_given_in_the_place_of_a_value(office: Office) -> None:
    entry = office.registered(fields={"phone": PHONE})
    ref, _, _ = sealed_of(entry)
    stolen = office.registration(fields={"phone": ref})
    assert refusals(handle([stolen], office.clerk)) == ["FieldInvalid"]
    in_the_open = office.registration(fields={"measure": ref})
    assert refusals(handle([in_the_open], office.clerk)) == ["FieldInvalid"]
    amend = c.AmendEntry(entry_id=office.registered(), changes={"phone": ref})
    assert refusals(handle([amend], office.clerk)) == ["FieldInvalid"]


def test_destroying_the_key_erases_the_value_here_and_in_every_backup(
    live_office: Office, fresh_database: str, database_server: TestServer
) -> None:
    office = live_office
    entry, other = (office.registered(n, fields={"phone": PHONE, "letter": LETTER}) for n in ("一", "二"))
    seal(1)
    ref, subject, ciphertext = sealed_of(entry)
    key = keystore().find([subject])[subject]
    store_file = Path(settings.DATA) / "keys" / "keys.sqlite3"
    assert key in store_file.read_bytes()
    salt, _ = vault.decrypt(key, ref.ref, ciphertext)
    leaves = rows("SELECT position, entry_id, version, hash FROM leaf")
    body = rows("SELECT body FROM event WHERE entry_id = %s", entry)
    connections["default"].close()
    connections["owner"].close()
    backup = f"backup_{fresh_database}"
    database_server.copy(fresh_database, backup)

    assert vault.erase(entry, "reporter", now(office.site))
    assert not vault.erase(entry, "reporter", now(office.site)), "once"
    assert key not in store_file.read_bytes()
    assert not store_file.with_name(store_file.name + "-journal").exists()
    with pytest.raises(ValueErased):
        opened(ref, subject, ciphertext)
    with pytest.raises(ValueErased):
        opened(*sealed_of(entry, "letter"))
    assert opened(*sealed_of(other)) == PHONE, "another entry's reporter is another subject"

    assert rows("SELECT body FROM event WHERE entry_id = %s", entry) == body
    assert rows("SELECT position, entry_id, version, hash FROM leaf") == leaves
    assert commitment(salt, PHONE) == ref.commit, "whoever still knows the value can still prove it"
    done(handle([c.MakeComment(entry_id=entry, text="已删除")], office.desk))
    new_phone = c.AmendEntry(entry_id=entry, changes={"phone": "13500000000"})
    assert refusals(handle([new_phone], office.clerk)) == ["SubjectErased"]
    with pytest.raises(KeyDestroyed):
        keystore().find([subject])
    keystore().put({subject: key})
    with pytest.raises(KeyDestroyed):
        keystore().find([subject])

    try:
        database_server.point_django_at(backup)
        ((old,),) = rows("SELECT ciphertext FROM sealed WHERE ref = %s", ref.ref)
        assert bytes(old) == ciphertext
        with pytest.raises(ValueErased):
            opened(ref, subject, bytes(old))
    finally:
        database_server.point_django_at(fresh_database)
        database_server.drop(backup)
    assert rebuild(office.site) == 2


def test_a_file_stored_before_the_registration_shares_the_reporters_key(live_office: Office) -> None:
    """A reporter's files lie on the disk before the entry is registered: its key is there already then."""
    office = live_office
    command = office.registration(fields={"phone": PHONE})
    ref = store_evidence(command.entry_id, FILE_NAME, LETTER.encode(), "text/plain", "other", for_units=False)
    attach = c.AttachEvidence(entry_id=command.entry_id, evidence=ref)
    done(handle([command, attach], office.everything_at(office.city)))
    assert opened(*sealed_of(command.entry_id)) == PHONE
    opener = office.agent("领导己", office.city)
    assert open_evidence(opener, command.entry_id, ref.ref, "核实举报人身份").content.decode() == LETTER
    vault.erase(command.entry_id, "reporter", now(office.site))
    with pytest.raises(OpeningRefused):
        open_evidence(opener, command.entry_id, ref.ref, "核实举报人身份")


def test_the_key_store_is_readable_by_its_owner_alone(office: Office) -> None:
    office.registered(fields={"phone": PHONE})
    path = Path(settings.DATA) / "keys" / "keys.sqlite3"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert stands_in(path.read_bytes()) == []


def test_destroyed_keys_are_overwritten_and_the_others_stay(tmp_path: Path) -> None:
    """Many, so that some lie where no later row happens to be written over them."""
    store = KeyStore(tmp_path / "keys" / "keys.sqlite3")
    keys = {uuid4(): os.urandom(32) for _ in range(300)}
    assert store.put(keys) == 300
    assert store.put(keys) == 0
    gone = list(keys)[::2]
    assert all(store.destroy(subject, "2026-11-20") for subject in gone)
    content = (tmp_path / "keys" / "keys.sqlite3").read_bytes()
    assert [key for subject, key in keys.items() if key in content] == [
        keys[s] for s in keys if s not in gone
    ]
    assert not [
        subject for subject in gone if keys[subject][:12] in content or keys[subject][-12:] in content
    ]
    assert store.find([s for s in keys if s not in gone]) == {s: keys[s] for s in keys if s not in gone}
    store.close()


def test_evidence_stands_in_an_event_by_reference_only(office: Office) -> None:
    entry = office.registered()
    ref = EvidenceRef(UUID(int=7), "ab" * 32, "image/jpeg", 9, "after")
    done(handle([c.AttachEvidence(entry_id=entry, evidence=ref)], office.everything_at(office.city)))
    ((body,),) = rows("SELECT body FROM event WHERE kind = 'EvidenceAttached'")
    expected: dict[str, Any] = {
        "evidence": {
            "ref": str(ref.ref),
            "commit": "ab" * 32,
            "media_type": "image/jpeg",
            "size": 9,
            "purpose": "after",
        }
    }
    assert body == expected
