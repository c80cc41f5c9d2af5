"""What waits for a person on a ledger: named sets of entries, the same for the counts and for the lists.

Which stage waits for whom is read from the playbook: a stage waits for the duties that may make its
next move, and where the move is the lead unit's own, for that unit alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from taizhang.core.playbook import Move, Playbook, Verb
from taizhang.desk.asking import Asking
from taizhang.desk.lights import SOON_DAYS
from taizhang.ledger.queries import Filters

TO_SIGN: tuple[Verb, ...] = ("accept",)
TO_DO: tuple[Verb, ...] = ("admit", "assign", "claim", "report_done")
TO_VERIFY: tuple[Verb, ...] = ("pass",)
TO_CLOSE: tuple[Verb, ...] = ("close_out",)


def labels() -> dict[str, str]:
    """The named sets, in the order they are shown."""
    return {
        "sign": _("待签收"),
        "do": _("待办理"),
        "verify": _("待核查"),
        "close": _("待销号"),
        "soon": _("三天内到期"),
        "overdue": _("已超期"),
        "returned": _("被退回、返工"),
    }


def open_stages(playbook: Playbook) -> tuple[str, ...]:
    return tuple(stage.key for stage in playbook.stages if not stage.is_end)


WAITS: tuple[tuple[str, tuple[Verb, ...]], ...] = (
    ("sign", TO_SIGN),
    ("do", TO_DO),
    ("verify", TO_VERIFY),
    ("close", TO_CLOSE),
)
"""Set → the moves it waits for."""


def waiting(asking: Asking, ledger_id: int, playbook: Playbook) -> dict[str, Filters]:
    """The sets that can wait for this person; one that never can is left out."""
    found = {
        name: filters
        for name, verbs in WAITS
        if (filters := _at(asking, ledger_id, playbook, verbs)) is not None
    }
    mine = _mine(asking, ledger_id, playbook)
    if mine is None:
        return found
    today, running = asking.today, replace(mine, stages=_due_stages(playbook))
    found["soon"] = replace(running, due_from=today, due_before=today + timedelta(days=SOON_DAYS + 1))
    found["overdue"] = replace(running, due_before=today)
    if (again := _at(asking, ledger_id, playbook, (*TO_SIGN, *TO_DO))) is not None:
        found["returned"] = replace(again, sent_back=True)
    return found


def _due_stages(playbook: Playbook) -> tuple[str, ...]:
    """Stages in which somebody still owes the work; what is reported done waits for others."""
    return tuple(stage.key for stage in playbook.stages if stage.kind == "open")


def waiting_for(duties: frozenset[str], playbook: Playbook) -> dict[str, tuple[tuple[str, ...], bool]]:
    """What waits for whoever has these duties: set → its stages, and whether it is the lead unit's alone."""
    found = {name: _stages_of(duties, playbook, verbs) for name, verbs in WAITS}
    return {name: waits for name, waits in found.items() if waits[0]}


def _at(asking: Asking, ledger_id: int, playbook: Playbook, verbs: Iterable[Verb]) -> Filters | None:
    stages, is_of_lead = _stages_of(asking.agent.duties, playbook, verbs)
    if not stages:
        return None
    leads = tuple(sorted(asking.agent.line)) if is_of_lead else None
    return Filters(ledger_id, stages=stages, lead_units=leads)


def _stages_of(
    duties: frozenset[str], playbook: Playbook, verbs: Iterable[Verb]
) -> tuple[tuple[str, ...], bool]:
    """Stages a move with one of these verbs leads out of, as far as the duties may make it; and whether only the
    lead unit may."""
    wanted = set(verbs)
    moves = [move for move in playbook.moves if move.verb in wanted and _roles(move, duties, playbook)]
    stages = {stage for move in moves for stage in move.from_stages}
    is_of_lead = all(_roles(move, duties, playbook) == {"lead"} for move in moves)
    return tuple(stage.key for stage in playbook.stages if stage.key in stages), is_of_lead


def _mine(asking: Asking, ledger_id: int, playbook: Playbook) -> Filters | None:
    """What a person answers for: a handler the unit's own entries, everybody else all within scope."""
    # Looking after accounts is no work on entries.
    duties = asking.agent.duties - {"appoint"}
    if not duties:
        return None
    leads = tuple(sorted(asking.agent.line)) if duties == {"handle"} else None
    return Filters(ledger_id, stages=open_stages(playbook), lead_units=leads)


def _roles(move: Move, duties: frozenset[str], playbook: Playbook) -> set[str]:
    """Standings of the roles these duties fit."""
    roles = [playbook.role_of[key] for key in move.who]
    return {role.standing for role in roles if role.duty in duties}
