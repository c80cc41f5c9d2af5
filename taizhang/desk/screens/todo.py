"""我的待办: what waits for the person who signed in. Each number opens its rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from taizhang.desk import duties
from taizhang.desk.asking import Asking, screen
from taizhang.desk.finding import scope_words
from taizhang.ledger import ledgers, queries


@screen
def show(asking: Asking) -> HttpResponse:
    every = ledgers.all_ledgers(asking.site)
    if not every and ledgers.may_open(asking.agent):
        return redirect("new-ledger")
    shown = [_waiting(asking, ledger) for ledger in every]
    return render(asking.request, "desk/todo.html", {"ledgers": shown, "scope": scope_words(asking)})


def _waiting(asking: Asking, ledger: ledgers.OpenLedger) -> dict[str, Any]:
    playbook, labels = ledgers.playbook(ledger.playbook_sha), duties.labels()
    wanted = duties.waiting(asking, ledger.ledger_id, playbook)
    found = queries.counts(asking.site.id, asking.scope, wanted)
    return {
        "key": ledger.key,
        "name": ledger.name,
        "counts": [
            {"name": name, "label": labels[name], "n": found[name]} for name in labels if name in found
        ],
    }
