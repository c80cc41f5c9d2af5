"""The ledger as an Excel file: the rows this person may see, in the office's own columns."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import ledger_of
from taizhang.desk.wishes import wishes_of
from taizhang.ledger.exporting import export_ledger

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    ledger, playbook = ledger_of(asking, key)
    filters = wishes_of(asking.request.GET, asking, ledger.ledger_id, playbook).filters
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.xlsx"
        export_ledger(ledger, asking.agent, target, asking.language, filters)
        response = HttpResponse(target.read_bytes(), content_type=XLSX)
    name = f"{ledger.name}_{asking.today.isoformat()}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
