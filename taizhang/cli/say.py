"""The one output of the terminal: lines for people or JSON on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

from taizhang.core.wording import Label, Language

QUIET_FOR = 1.0
"""Seconds something may take before a terminal is told how far it is."""
EVERY = 0.2
"""Seconds between two tellings."""
ERASE = "\r\x1b[K"


class Say:
    """What a command says, and in which language.

    Under `--json` lines for people are left out, so that stdout holds exactly what `json` was given.
    """

    def __init__(self, *, as_json: bool = False, language: Language = "zh") -> None:
        self.as_json, self.language = as_json, language
        self._answered = False

    def line(self, text: str = "") -> None:
        """A line for people, on stdout."""
        if not self.as_json:
            _write(sys.stdout, text + "\n")

    def json(self, value: Mapping[str, Any]) -> None:
        """The answer for machines, on stdout in UTF-8."""
        self._answered = True
        _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")

    def note(self, text: str) -> None:
        """A remark beside the answer, on stderr."""
        _write(sys.stderr, text + "\n")

    def refuse(self, zh: str, en: str) -> int:
        """Why not, on stderr, and under `--json` also as the answer; returns the exit code 1."""
        self.note(en if self.language == "en" else f"{zh}\n{en}")
        if self.as_json and not self._answered:
            self.json({"refused": {"zh": zh, "en": en}})
        return 1

    def text(self, label: Label) -> str:
        """A label of the core in the language spoken."""
        return label.text(self.language)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[object], None]]:
        """Tell on stderr how far something is: `with say.progress("正在导入") as step: step("300 / 1000")`.

        A terminal sees one line that changes, from the second second on; anywhere else there is a
        line at the start and one at the end, for whoever reads a log.
        """
        start = time.monotonic()
        if sys.stderr.isatty():
            line = _ChangingLine(what, start)
            try:
                yield line.show
            finally:
                line.erase()
            return
        self.note(f"{what} …")
        last: list[object] = []

        def remember(step: object) -> None:
            last[:] = [step]

        yield remember
        self.note(" ".join([what, *map(str, last), f"({time.monotonic() - start:.1f} s)"]))


class _ChangingLine:
    def __init__(self, what: str, start: float) -> None:
        self.what, self.due, self.shown = what, start + QUIET_FOR, False

    def show(self, step: object) -> None:
        now = time.monotonic()
        if now >= self.due:
            self.due, self.shown = now + EVERY, True
            _write(sys.stderr, f"{ERASE}{self.what} {step}")

    def erase(self) -> None:
        if self.shown:
            _write(sys.stderr, ERASE)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def speak_utf8() -> None:
    """What is read by programs is UTF-8 whatever the locale; a terminal keeps its own encoding, unless ASCII.

    What an encoding cannot show is written as an escape instead of ending the program.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            plain = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
            encoding = stream.encoding if stream.isatty() and not plain else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
