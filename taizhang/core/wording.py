"""Words shown to people, in the two languages every text of the core exists in."""

from __future__ import annotations

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


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL character and no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
