"""Placeholders in papers and briefings: `{metric_key}` in plain text, `{{` and `}}` for braces themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BRIEFING_WORDS: dict[str, tuple[str, str]] = {
    "ledger": ("台账名称", "name of the ledger"),
    "entry": ("条目的叫法", "the playbook's word for an entry"),
    "as_of": ("截至日期", "the day the figures stand at"),
    "by_unit": ("按单位列表", "table by unit"),
    "by_stage": ("按环节列表", "table by stage"),
}
"""What a briefing's text may name besides the playbook's own metrics; code meaning: (Chinese, English)."""

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name in braces and its 1-based line; `name` is empty where a brace stands alone."""

    name: str
    line: int


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Every placeholder in the text, in order."""
    return tuple(
        Placeholder((found[1] or "").strip(), text.count("\n", 0, found.start()) + 1)
        for found in _BRACES.finditer(text)
        if found[0] not in ("{{", "}}")
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced. A name without a value is a KeyError: `check` proved them."""

    def replaced(found: re.Match[str]) -> str:
        return found[0][0] if found[0] in ("{{", "}}") else values[(found[1] or "").strip()]

    return _BRACES.sub(replaced, text)
