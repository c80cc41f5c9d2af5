"""Finding what an address names, or 404."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.desk.asking import Asking
from taizhang.ledger import ledgers
from taizhang.ledger.ledgers import OpenLedger


def ledger_of(asking: Asking, key: str) -> tuple[OpenLedger, Playbook]:
    """An open ledger with its present playbook."""
    found = ledgers.by_key(asking.site, key)
    if found is None:
        raise Http404
    return found, ledgers.playbook(found.playbook_sha)


def scope_words(asking: Asking) -> str:
    """What this person sees, in words that stand above every list."""
    return _("范围：{scope}").format(scope=asking.word(asking.scope_in_words))
