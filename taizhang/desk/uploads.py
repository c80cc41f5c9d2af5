"""A sheet between its preview and its acceptance: on disk in the data folder, for an hour, for one person."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

KEPT_SECONDS = 3600
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    token: str
    name: str
    path: Path


def keep(file: UploadedFile[bytes], person_id: int, ledger_id: int) -> Upload:
    """Store the file; forgotten ones go at the same time."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    token = secrets.token_hex(16)
    path = folder / token
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    name = Path(file.name or "").name
    about = json.dumps({"name": name, "person": person_id, "ledger": ledger_id}, ensure_ascii=False)
    path.with_suffix(".json").write_text(about, encoding="utf-8")
    return Upload(token, name, path)


def kept(token: str, person_id: int, ledger_id: int) -> Upload | None:
    """The upload of this person for this ledger; None for anything else."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _folder() / token
    try:
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if (about["person"], about["ledger"]) != (person_id, ledger_id) or not path.exists():
        return None
    return Upload(token, about["name"], path)


def drop(upload: Upload) -> None:
    upload.path.unlink(missing_ok=True)
    upload.path.with_suffix(".json").unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.DATA) / "uploads"


def _forget_old(folder: Path) -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
