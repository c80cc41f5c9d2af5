"""A sheet between its preview and its acceptance, and what came of it: on disk in the data folder, for an hour
since it was last looked at, for one person. Before there is a ledger, also the draft of one."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

KEPT_SECONDS = 3600
NO_LEDGER = 0
"""In place of a ledger while one is drafted from the sheet."""
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    """`given`, `marks` and `reasons` are the person's own word on columns, on colours, and on why a column about
    persons is taken; `leaves_rows`: hidden rows stay out. `shown` is what the preview last showed of every choice by
    its name in the form, `hidden` the names of hidden columns among them. `accepted`: the sheet was taken, and only
    the report on it is left."""

    token: str
    name: str
    person: int
    ledger: int
    given: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    leaves_rows: bool = False
    hidden: Sequence[str] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False

    @property
    def path(self) -> Path:
        """The sheet."""
        return _folder() / self.token


def keep(file: UploadedFile[bytes], person_id: int, ledger_id: int) -> Upload:
    """Store the file; forgotten ones go at the same time."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    upload = Upload(secrets.token_hex(16), Path(file.name or "").name, person_id, ledger_id)
    with os.fdopen(os.open(upload.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return _note(upload)


def kept(token: str, person_id: int, ledger_id: int) -> Upload | None:
    """The upload of this person for this ledger; None for anything else."""
    upload = kept_by(token, person_id)
    return upload if upload is not None and upload.ledger == ledger_id else None


def kept_by(token: str, person_id: int) -> Upload | None:
    """The upload of this person, for whichever ledger; None for anything else."""
    about = _read(_folder() / f"{token}.json") if _TOKEN.fullmatch(token) else None
    if about is None or about["person"] != person_id:
        return None
    upload = Upload(token, **about)
    return upload if upload.accepted or upload.path.exists() else None


def wish(
    upload: Upload,
    *,
    given: Mapping[str, str],
    marks: Mapping[str, str],
    reasons: Mapping[str, str],
    leaves_rows: bool,
) -> Upload:
    """Other wishes: what was shown so far holds no longer."""
    wished = replace(upload, given=given, marks=marks, reasons=reasons, leaves_rows=leaves_rows)
    return _note(replace(wished, shown={}))


def keep_preview(
    upload: Upload, shown: Mapping[str, str], hidden: Sequence[str], report: Mapping[str, Any] | None
) -> Upload:
    """What the preview shows of each choice, and the report it was drawn from (None: it could not be read so)."""
    _report(upload).unlink(missing_ok=True)
    if report is not None:
        _write(_report(upload), report)
    os.utime(upload.path)
    return _note(replace(upload, shown=shown, hidden=hidden))


def keep_result(upload: Upload, report: Mapping[str, Any]) -> Upload:
    """The sheet was taken: it goes, the report on it stays."""
    _write(_report(upload), report)
    done = _note(replace(upload, accepted=True))
    upload.path.unlink(missing_ok=True)
    return done


def report_of(upload: Upload) -> dict[str, Any] | None:
    """The report last kept of this upload."""
    return _read(_report(upload))


def keep_draft(upload: Upload, draft: Mapping[str, Any]) -> None:
    """The draft of a ledger as it stands; the sheet is kept as long."""
    _write(_draft(upload), draft)
    for path in (upload.path, _about(upload)):
        os.utime(path)


def draft_of(upload: Upload) -> dict[str, Any] | None:
    """The draft last kept of this upload."""
    return _read(_draft(upload))


def hand_over(upload: Upload, ledger_id: int, given: Mapping[str, str]) -> Upload:
    """The ledger drafted from the sheet is open: from now on the sheet is for it."""
    handed = _note(replace(upload, ledger=ledger_id, given=given))
    _draft(upload).unlink(missing_ok=True)
    return handed


def drop(upload: Upload) -> None:
    for path in (upload.path, _about(upload), _report(upload), _draft(upload)):
        path.unlink(missing_ok=True)


def _note(upload: Upload) -> Upload:
    names = [one.name for one in fields(upload) if one.name != "token"]
    _write(_about(upload), {name: getattr(upload, name) for name in names})
    return upload


def _about(upload: Upload) -> Path:
    return _folder() / f"{upload.token}.json"


def _report(upload: Upload) -> Path:
    return _folder() / f"{upload.token}.report.json"


def _draft(upload: Upload) -> Path:
    return _folder() / f"{upload.token}.draft.json"


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all: another request may be reading it."""
    waiting = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(
        os.open(waiting, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as target:
        json.dump(content, target)
    waiting.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _folder() -> Path:
    return Path(settings.DATA) / "uploads"


def _forget_old(folder: Path) -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
