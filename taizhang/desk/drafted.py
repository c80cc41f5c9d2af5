"""From a draft to an open ledger: who may, what still keeps it from being opened, and the opening itself."""

from __future__ import annotations

from taizhang.core.playbook import Playbook
from taizhang.core.playbook_check import proven
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.toml_lines import line_of
from taizhang.core.wording import Label
from taizhang.desk import uploads
from taizhang.desk.asking import Asking
from taizhang.desk.drafting import Drafting
from taizhang.desk.faults import MayNot
from taizhang.desk.picking import units_named
from taizhang.desk.screens.registering import may_register
from taizhang.desk.uploads import Upload
from taizhang.ledger import ledgers
from taizhang.ledger.ledgers import OpenLedger


def check_may_open(asking: Asking) -> None:
    """Raises MayNot for whoever opens no ledgers."""
    if not ledgers.may_open(asking.agent):
        raise MayNot(asking.word(ledgers.MAY_OPEN))


def faults_of(asking: Asking, drafting: Drafting) -> tuple[Problem, ...]:
    """What the checker says of the playbook, and that its key is taken."""
    try:
        playbook = proven(drafting.playbook_texts)
    except PlaybookRefused as refused:
        return refused.problems
    return (_key_taken(playbook),) if ledgers.by_key(asking.site, playbook.key) is not None else ()


def keeper_of(asking: Asking, drafting: Drafting) -> int | None:
    """The unit that keeps the ledger, of those within scope: the one named, else one's own, else the root. None
    where no unit, or several, are called so."""
    named = drafting.answers.get("unit", "").strip()
    if not named:
        return asking.agent.unit_id or min(asking.agent.scope)
    covered = asking.scope.unit_ids
    found = [
        unit for unit in units_named(named, asking.units, asking.today) if covered is None or unit in covered
    ]
    return found[0] if len(found) == 1 else None


def open_drafted(asking: Asking, upload: Upload, drafting: Drafting, unit_id: int) -> OpenLedger:
    """Open the ledger and hand it the sheet, where there are rows to import. Raises PlaybookRefused."""
    texts = dict(drafting.playbook_texts)
    playbook = proven(texts)
    try:
        ledger = ledgers.open_ledger(
            asking.site,
            texts,
            key=playbook.key,
            name=asking.word(playbook.name),
            unit_id=unit_id,
            opened_by=asking.person.pk,
            now=asking.now,
        )
    except ledgers.LedgerKeyTaken:
        raise PlaybookRefused([_key_taken(playbook)]) from None
    if drafting.rows and not drafting.tree and may_register(asking, playbook):
        uploads.hand_over(upload, ledger.ledger_id, drafting.given(playbook))
    else:
        uploads.drop(upload)
    return ledger


def _key_taken(playbook: Playbook) -> Problem:
    words = Label(
        f"已有一本台账用代号“{playbook.key}”，请换一个",
        f"a ledger `{playbook.key}` is open already; use another key",
    )
    return Problem(MAIN_FILE, line_of(playbook.lines, ("playbook", "key")), "playbook.key", words)
