"""方案: the text a ledger was opened on, to read and to take along as an ordinary playbook folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from taizhang.core.playbook_table import MAIN_FILE
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of
from taizhang.ledger.ledgers import playbook_texts


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    ledger, playbook = ledger_of(asking, key)
    given = {
        "ledger": ledger,
        "playbook": playbook,
        "name": asking.word(playbook.name),
        "files": sorted(playbook_texts(ledger.playbook_sha).items(), key=lambda file: file[0] != MAIN_FILE),
    }
    return render(asking.request, "desk/playbook.html", given)


@screen
def download(asking: Asking, key: str) -> HttpResponse:
    """The folder as a .zip: `taizhang playbook check` and `ledger open` take it as it is unpacked."""
    ledger, playbook = ledger_of(asking, key)
    folder = _zipped(playbook.key, playbook_texts(ledger.playbook_sha))
    response = HttpResponse(folder, content_type="application/zip")
    name = f"{playbook.key}-{playbook.version}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _zipped(folder: str, texts: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in sorted(texts.items()):
            target.writestr(f"{folder}/{name}", text.encode())
    return packed.getvalue()
