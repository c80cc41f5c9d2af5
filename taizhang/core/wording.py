"""Words shown to people, in the two languages every text of the core exists in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """One wording in Chinese and in English; English falls back to Chinese where a playbook gives none."""

    zh: str
    en: str = ""

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" or not self.en else self.en

    def __str__(self) -> str:
        return self.zh


def listed(labels: Iterable[Label]) -> Label:
    """Several, one after the other, parted as each language does."""
    each = tuple(labels)
    return Label("、".join(label.zh for label in each), ", ".join(label.text("en") for label in each))


def bracketed(name: Label, more: Label) -> Label:
    """What is named, and more about it in brackets."""
    return Label(f"{name.zh}（{more.zh}）", f"{name.text('en')} ({more.text('en')})")


def remarked(name: Label, remark: Label) -> Label:
    """A remark on what is named before it."""
    return Label(f"{name.zh}：{remark.zh}", f"{name.text('en')}: {remark.text('en')}")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL character and no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
