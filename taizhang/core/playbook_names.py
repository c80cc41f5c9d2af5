"""Every name a playbook uses must be one it declares: fields, stages, roles, metrics, placeholders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from string import Formatter

from taizhang.core.field_readers import plain
from taizhang.core.placeholders import BRIEFING_WORDS, placeholders
from taizhang.core.playbook import CLAIMED_STAGE, COLUMN_WORDS, Playbook
from taizhang.core.playbook_fault import Fault
from taizhang.core.playbook_problem import Problem, did_you_mean, joined
from taizhang.core.wording import Label

WHATS = {
    "field": Label("字段", "field"),
    "stage": Label("环节", "stage"),
    "role": Label("角色", "role"),
    "column": Label("列", "column"),
}


def name_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults in names, columns, keys, numbers and metrics; placeholders are `paper_problems`."""
    stages = [*playbook.stage_of, CLAIMED_STAGE]
    for row, move in enumerate(playbook.moves):
        yield from _unknown("move", row, "from", sorted(move.from_stages), stages, "stage")
        yield from _unknown("move", row, "to", [move.to] if move.to else [], list(playbook.stage_of), "stage")
        yield from _unknown("move", row, "who", move.who, list(playbook.role_of), "role")
    for row, item in enumerate(playbook.fields):
        yield from _unknown(
            "field", row, "required_at", sorted(item.required_at), list(playbook.stage_of), "stage"
        )
    for row, metric in enumerate(playbook.metrics):
        yield from _unknown("metric", row, "stages", metric.stages, stages, "stage")
        if metric.key in BRIEFING_WORDS:
            yield Fault(
                "metric",
                row,
                "key",
                Label("这个名称有固定含义，请换一个", "this name has a fixed meaning; use another"),
            )
    columns = [*playbook.field_of, *COLUMN_WORDS]
    yield from _unknown("list", None, "columns", playbook.list_columns, columns, "column")
    yield from _unknown("sheet", None, "key", playbook.sheet.key, list(playbook.field_of), "field")
    starts_at = [playbook.sheet.starts_at] if playbook.sheet.starts_at else []
    yield from _unknown("sheet", None, "starts_at", starts_at, list(playbook.stage_of), "stage")
    yield from _idle_roles(playbook)
    yield from _headers_claimed_twice(playbook)
    yield from _number_faults(playbook)


def _unknown(
    table: str, row: int | None, key: str, names: Iterable[str], known: list[str], what: str
) -> Iterator[Fault]:
    label = WHATS[what]
    for name in names:
        if name not in known:
            told = Label(f"没有叫“{name}”的{label.zh}", f"there is no {label.en} `{name}`")
            yield Fault(table, row, key, joined(told, did_you_mean(name, known)))


def _idle_roles(playbook: Playbook) -> Iterator[Fault]:
    used = {role for move in playbook.moves for role in move.who}
    for row, role in enumerate(playbook.roles):
        if role.key not in used:
            yield Fault("role", row, "key", Label("没有任何动作用到这个角色", "no move is open to this role"))


def _headers_claimed_twice(playbook: Playbook) -> Iterator[Fault]:
    headers = [{plain(word) for word in (item.label.zh, *item.synonyms)} for item in playbook.fields]
    claims = Counter(word for words in headers for word in words)
    for row, words in enumerate(headers):
        for word in sorted(word for word in words if claims[word] > 1):
            yield Fault(
                "field",
                row,
                "synonyms",
                Label(
                    f"表头“{word}”被两个字段认领，导入时分不清",
                    f"two fields claim the header `{word}`; an import could not tell them apart",
                ),
            )


def _number_faults(playbook: Playbook) -> Iterator[Fault]:
    parts = {name for _, name, _, _ in Formatter().parse(playbook.number_pattern)}
    if "serial" not in parts:
        yield Fault("number", None, "pattern", Label("编号里要有 {serial}", "a number needs {serial}"))
    if playbook.number_period == "year" and "year" not in parts:
        yield Fault(
            "number",
            None,
            "pattern",
            Label(
                "每年重新编号时，编号里要有 {year}，否则会重号",
                "numbers that start again each year need {year}, or they repeat",
            ),
        )


def paper_problems(playbook: Playbook) -> Iterator[Problem]:
    """Placeholders no one can fill: a briefing knows metrics, other papers the fields that are not sealed."""
    metrics = [metric.key for metric in playbook.metrics]
    open_fields = [item.key for item in playbook.fields if not item.is_sealed]
    for file, text in sorted(playbook.papers.items()):
        known = [*BRIEFING_WORDS, *(metrics if text == playbook.briefing else [*open_fields, *COLUMN_WORDS])]
        for found in placeholders(text):
            if found.name not in known:
                told = Label(f"填不出“{{{found.name}}}”", f"nothing can fill `{{{found.name}}}`")
                yield Problem(
                    file, found.line, f"{{{found.name}}}", joined(told, did_you_mean(found.name, known))
                )
