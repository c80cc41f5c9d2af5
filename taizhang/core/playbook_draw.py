"""Draws a playbook's loop as a Mermaid state diagram."""

from __future__ import annotations

from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.core.wording import Language

_ESCAPED = {ord(character): f"#{ord(character)};" for character in "#;:\"'<>{}[]()%&|`\\-*"}
"""Characters Mermaid may read as its own, as its numbered entities."""


def mermaid(playbook: Playbook, language: Language = "zh") -> str:
    """The loop as text for Mermaid (`stateDiagram-v2`); moves between the same two stages share an arrow."""
    lines = ["stateDiagram-v2"]
    lines += [
        f'    state "{_escaped(playbook.stage_label(key).text(language))}" as s_{key}'
        for key in _drawn(playbook)
    ]
    lines += [
        f"    {start} --> {end} : {_escaped(label)}"
        for (start, end), label in _arrows(playbook, language).items()
    ]
    lines += [f"    s_{stage.key} --> [*]" for stage in playbook.stages if stage.is_end]
    return "\n".join(lines) + "\n"


def _drawn(playbook: Playbook) -> list[str]:
    claims = any(CLAIMED_STAGE in move.from_stages and move.to for move in playbook.moves)
    return [*(stage.key for stage in playbook.stages), *([CLAIMED_STAGE] if claims else [])]


def _arrows(playbook: Playbook, language: Language) -> dict[tuple[str, str], str]:
    labels: dict[tuple[str, str], list[str]] = {}
    order = {key: place for place, key in enumerate(_drawn(playbook))}
    for move in playbook.moves:
        for stage in sorted(move.from_stages, key=lambda key: order.get(key, -1)) or [""]:
            if move.to is not None:
                arrow = (f"s_{stage}" if stage else "[*]", f"s_{move.to}")
                labels.setdefault(arrow, []).append(move.label.text(language))
    return {arrow: " / ".join(dict.fromkeys(words)) for arrow, words in labels.items()}


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(_ESCAPED)
