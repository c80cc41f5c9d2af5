"""Where a row comes onto the ledger: by its own words, by its colours, else where the playbook's sheets start.

Neither words nor colours close anything: what is said to be done or closed is a claim (历史销号).
"""

from __future__ import annotations

from typing import NamedTuple

from taizhang.core.playbook import Playbook
from taizhang.core.registering import may_stand_at
from taizhang.core.wording import Label
from taizhang.ledger.importing.marks import Said
from taizhang.ledger.importing.rows import ReadRow

_CONTRADICTION = Label(
    "这一行的颜色表示不同的环节，未采用；请核对",
    "the colours of this row mean different stages; neither was taken",
)


class Start(NamedTuple):
    """The claim to have been closed, or the stage; and what somebody should look at."""

    claim: str
    stage: str
    doubt: Label | None = None


def starting(row: ReadRow, lead: int | None, said: Said, claim: str, playbook: Playbook) -> Start:
    """`lead`: who answers for it. `claim`: the row's own words for being closed. Words go before colours."""
    usual = playbook.sheet.starts_at
    if said.contradicts:
        return Start(claim, "" if claim else usual, _CONTRADICTION)
    meant = said.stage
    if meant is None:
        return Start(claim, "" if claim else usual)
    if claim:
        return Start(claim, "", None if meant.kind == "claim" else _disagree(meant.label, claim))
    closure = playbook.field_standing_for("closure")
    if meant.kind == "claim":
        if closure is not None and (own := row.fields.get(closure.key)):
            return Start("", usual, _disagree(meant.label, str(own)))
        return Start(str(meant.label), "")
    if meant.key in (usual, playbook.first_stage):
        return Start("", meant.key)
    refusal = may_stand_at(meant.key, row.fields, lead, playbook)
    if refusal is None:
        return Start("", meant.key)
    why = refusal.message
    doubt = Label(
        f"颜色表示“{meant.label.zh}”，但登记不到这一环节：{why.zh}",
        f"the colour means `{meant.label.text('en')}`, but the row cannot start there: {why.en}",
    )
    return Start("", usual, doubt)


def _disagree(meant: Label, own: str) -> Label:
    return Label(
        f"颜色表示“{meant.zh}”，表里写的是“{own}”，以文字为准；请核对",
        f"the colour means `{meant.text('en')}`, the words are `{own}`; the words were taken, please check",
    )
