"""What is wrong with a playbook's text, said so that its author can put it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from taizhang.core.wording import Label, Language


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `file` inside the playbook's folder, its 1-based `line`, the `key` as
    `table.row.key` (`field.due_on.kind`), and what to do about it."""

    file: str
    line: int
    key: str
    message: Label

    def text(self, language: Language) -> str:
        separator = "：" if language == "zh" else ": "
        return f"{self.file}:{self.line} {self.key}{separator}{self.message.text(language)}"


class PlaybookRefused(Exception):
    """A playbook whose text cannot be used. Carries every problem found, never only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text("zh") for problem in self.problems))


def did_you_mean(word: str, known: Sequence[str]) -> Label:
    """The nearest known word as a sentence to append, or nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return Label(f"；是否想写“{near[0]}”", f"; did you mean `{near[0]}`?") if near else Label("")


def joined(*labels: Label) -> Label:
    """Labels one after another, in both languages."""
    return Label("".join(label.zh for label in labels), "".join(label.en for label in labels))
