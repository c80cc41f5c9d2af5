"""The loop: every stage reached, every open one with a clock and a way to an end, no closing unchecked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taizhang.core.playbook import CLAIMED_STAGE, STAYING_VERBS, Move, Playbook, Stage, StageKind, Verb
from taizhang.core.playbook_fault import Fault
from taizhang.core.wording import Label

_OPEN: frozenset[StageKind] = frozenset({"open"})
_DONE: frozenset[StageKind] = frozenset({"done"})
_NOT_ENDED: frozenset[StageKind] = frozenset({"open", "done"})
_ANYWHERE: frozenset[StageKind] = frozenset({"open", "done", "closed", "declined", "void"})

_LEADS_TO: Mapping[Verb, frozenset[StageKind]] = {
    "register": _OPEN,
    "admit": _OPEN,
    "decline": frozenset({"declined"}),
    "assign": _OPEN,
    "claim": _OPEN,
    "accept": _OPEN,
    "return": _OPEN,
    "transfer": _OPEN,
    "report_done": _DONE,
    "pass": _NOT_ENDED,
    "fail": _OPEN,
    "close_out": frozenset({"closed"}),
    "void": frozenset({"void"}),
    "send_claim": _DONE,
}
_STARTS_FROM: Mapping[Verb, frozenset[StageKind]] = {
    "admit": _OPEN,
    "decline": _OPEN,
    "assign": _OPEN,
    "claim": _OPEN,
    "accept": _OPEN,
    "return": _OPEN,
    "transfer": _OPEN,
    "split": _OPEN,
    "progress": _NOT_ENDED,
    "report_done": _OPEN,
    "pass": _DONE,
    "fail": _DONE,
    "close_out": _NOT_ENDED,
    "void": _NOT_ENDED,
    "send_claim": frozenset(),
    "amend": _ANYWHERE,
    "attach": _NOT_ENDED,
    "comment": _ANYWHERE,
    "instruct": _ANYWHERE,
    "flag": _ANYWHERE,
}
_FROM_CLAIMED = frozenset({"send_claim", "amend", "attach", "comment", "instruct", "flag", "void"})
_KIND_WORDS: Mapping[StageKind, str] = {
    "open": "办理中",
    "done": "已报办结",
    "closed": "已销号",
    "declined": "不予受理",
    "void": "作废",
}
_NEEDS_OF: Mapping[str, frozenset[Verb]] = {
    "due_on": frozenset({"assign", "claim"}),
    "lead_unit": frozenset({"assign", "report_done"}),
    "responsible_post": frozenset({"assign"}),
    "overseeing_post": frozenset({"assign"}),
    "notice": frozenset({"admit", "decline"}),
    "reason": frozenset({"return", "transfer", "split", "fail", "void", "decline"}),
    "text": frozenset({"assign", "report_done", "pass", "close_out"}),
    "evidence": frozenset({"report_done", "pass", "close_out"}),
    "before_after": frozenset({"report_done", "pass", "close_out"}),
}
"""Which needs a verb can meet at all, by what its command brings or the entry may hold by then."""


def loop_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of stages and moves. Names that do not resolve are passed over: they are named elsewhere."""
    registering = [move for move in playbook.moves if move.verb == "register"]
    if len(registering) != 1:
        row = playbook.moves.index(registering[1]) if registering else 0
        yield Fault(
            "move", row, "verb", Label("register 要有且只有一个", "there must be exactly one `register` move")
        )
    yield from _stage_faults(playbook)
    for row, move in enumerate(playbook.moves):
        yield from _move_faults(playbook, row, move)
        yield from _shortcut_faults(playbook, row, move)
        yield from _verifier_faults(playbook, row, move)
    starts_at = playbook.stage_of.get(playbook.sheet.starts_at)
    if starts_at is not None and starts_at.kind != "open":
        yield Fault(
            "sheet",
            None,
            "starts_at",
            Label("导入的条目只能从办理中的环节开始", "imported rows start at a stage of kind `open`"),
        )


def _stage_faults(playbook: Playbook) -> Iterator[Fault]:
    reached = _closure(playbook, [move.to for move in playbook.moves if move.verb == "register" and move.to])
    ending = _leading_to_an_end(playbook)
    for row, stage in enumerate(playbook.stages):
        if stage.key not in reached:
            yield Fault(
                "stage", row, "key", Label("从登记开始走不到这个环节", "no way leads here from registration")
            )
        if not stage.is_end and stage.key not in ending:
            yield Fault(
                "stage",
                row,
                "key",
                Label(
                    "从这个环节走不到销号（或不予受理），会永远挂着",
                    "no way leads from here to closing or declining; entries would stay for ever",
                ),
            )
        yield from _clock_faults(row, stage)


def _clock_faults(row: int, stage: Stage) -> Iterator[Fault]:
    if stage.is_end and (stage.clock or stage.no_clock):
        yield Fault("stage", row, "clock", Label("到头的环节没有时限", "an end has no clock"))
    if not stage.is_end and not stage.clock and not stage.no_clock:
        yield Fault(
            "stage",
            row,
            "clock",
            Label(
                "写明时限 clock，或用 no_clock 说明为什么没有",
                "give it a `clock`, or say in `no_clock` why it has none",
            ),
        )
    if stage.clock and stage.no_clock:
        yield Fault(
            "stage",
            row,
            "no_clock",
            Label("clock 和 no_clock 只能写一个", "write `clock` or `no_clock`, not both"),
        )


def _closure(playbook: Playbook, start: list[str]) -> set[str]:
    """All stages to be reached from these."""
    reached, waiting = set(start), list(start)
    while waiting:
        here = waiting.pop()
        for move in playbook.moves:
            if move.to is not None and here in move.from_stages and move.to not in reached:
                reached.add(move.to)
                waiting.append(move.to)
    return reached


def _leading_to_an_end(playbook: Playbook) -> set[str]:
    """Stages from which an entry can be closed or declined. Voiding is for mistakes and does not count."""
    ends = {stage.key for stage in playbook.stages if stage.kind in ("closed", "declined")}
    return {stage.key for stage in playbook.stages if _closure(playbook, [stage.key]) & ends}


def _move_faults(playbook: Playbook, row: int, move: Move) -> Iterator[Fault]:
    target = playbook.stage_of.get(move.to or "")
    if target is not None and move.verb not in STAYING_VERBS and target.kind not in _LEADS_TO[move.verb]:
        yield Fault(
            "move",
            row,
            "to",
            _kinds(f"{move.verb} 只能到", f"`{move.verb}` leads only to", _LEADS_TO[move.verb]),
        )
    for key in sorted(move.from_stages):
        source = playbook.stage_of.get(key)
        if key == CLAIMED_STAGE and move.verb not in _FROM_CLAIMED:
            yield Fault(
                "move",
                row,
                "from",
                Label(
                    f"历史销号只能送核查，不能 {move.verb}",
                    f"a claimed closure can be sent to verification, not `{move.verb}`",
                ),
            )
        if source is not None and source.kind not in _STARTS_FROM.get(move.verb, frozenset()):
            yield Fault(
                "move",
                row,
                "from",
                _kinds(
                    f"“{source.label}”不行：{move.verb} 只能从",
                    f"not from `{key}`: `{move.verb}` starts only from",
                    _STARTS_FROM.get(move.verb, frozenset()),
                ),
            )
    for need in sorted(move.needs):
        if move.verb not in _NEEDS_OF[need]:
            yield Fault(
                "move",
                row,
                "needs",
                Label(f"{move.verb} 不会带来 {need}", f"`{move.verb}` never brings `{need}`"),
            )


def _kinds(zh: str, en: str, kinds: frozenset[StageKind]) -> Label:
    if not kinds:
        return Label(f"{zh}历史销号（{CLAIMED_STAGE}）", f"{en} `{CLAIMED_STAGE}`")
    listed = sorted(kinds)
    words = "、".join(f"{_KIND_WORDS[kind]}（{kind}）" for kind in listed)
    return Label(f"{zh}{words}的环节", f"{en} stages of kind {', '.join(listed)}")


def _shortcut_faults(playbook: Playbook, row: int, move: Move) -> Iterator[Fault]:
    """Where an entry may be closed out, it must have come by passing verification, and by nothing else.

    Together with `close_out` being the only way to a closed stage this leaves no path, however
    often it goes round, on which an entry is closed without having passed since it was last worked on.
    """
    may_close = {
        stage for other in playbook.moves if other.verb == "close_out" for stage in other.from_stages
    }
    if move.to in may_close and move.verb != "pass":
        yield Fault(
            "move",
            row,
            "to",
            Label(
                f"到了“{move.to}”就能销号，所以只有核查通过（pass）能到这里",
                f"entries are closed out from `{move.to}`, so only `pass` may lead there",
            ),
        )


def _verifier_faults(playbook: Playbook, row: int, move: Move) -> Iterator[Fault]:
    roles = [playbook.role_of[key] for key in move.who if key in playbook.role_of]
    duty = {"pass": "verify", "fail": "verify", "close_out": "close"}.get(move.verb)
    doers = {role for other in playbook.moves if other.verb == "report_done" for role in other.who}
    for role in roles:
        if duty is not None and role.duty != duty:
            yield Fault(
                "move",
                row,
                "who",
                Label(
                    f"“{role.label}”的职责应是 {duty}",
                    f"the role `{role.key}` needs the duty `{duty}` for this",
                ),
            )
        if move.verb != "pass":
            continue
        if role.standing in ("lead", "assisting", "involved"):
            yield Fault(
                "move",
                row,
                "who",
                Label(
                    f"“{role.label}”属于办理单位，不能核查自己的工作",
                    f"`{role.key}` stands in a unit that did the work and cannot verify it",
                ),
            )
        if role.key in doers:
            yield Fault(
                "move",
                row,
                "who",
                Label(f"“{role.label}”既能报办结又能核查通过", f"`{role.key}` may both report done and pass"),
            )
