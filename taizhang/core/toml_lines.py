"""Where each key of a TOML text stands: tomllib gives values without lines, and people need lines.

The text must already have been accepted by tomllib; this only scans, it does not judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[|\[)([^\[\]]+)\]")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_\-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_\-]+|"[^"\n]*"|'[^'\n]*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_\-]+|"[^"\n]*"|'[^'\n]*'""")
_TOKEN = re.compile(r'''"""|\'\'\'|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]''')
_CLOSING = {'"""': re.compile(r'(?:\\.|[^\\])*?"""'), "'''": re.compile(r".*?'''")}


def toml_lines(text: str) -> dict[Path, int]:
    """Map every table and key of the text to its 1-based line: ("field", 3, "kind") → 41."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), start=1):
        if reading.inside:
            reading.follow(line)
        elif header := _HEADER.match(line):
            table = _table(header, counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
            reading.follow(line[key.end() :])
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table above it that is written down; 1 for the document."""
    while path and path not in lines and (*path, 0) not in lines:
        path = path[:-1]
    return lines.get(path, lines.get((*path, 0), 1))


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
    name = _parts(header[2])
    if header[1] == "[":
        return name
    counts[name] = counts.get(name, -1) + 1
    return (*name, counts[name])


class _Reading:
    """Whether the scan stands inside a value that goes on over several lines."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0

    @property
    def inside(self) -> bool:
        return bool(self._quote) or self._depth > 0

    def follow(self, rest: str) -> None:
        while rest:
            rest = self._leave_quote(rest) if self._quote else self._next_token(rest)

    def _leave_quote(self, rest: str) -> str:
        closing = _CLOSING[self._quote].match(rest)
        if closing is None:
            return ""
        self._quote = ""
        return rest[closing.end() :]

    def _next_token(self, rest: str) -> str:
        token = _TOKEN.search(rest)
        if token is None:
            return ""
        match token[0]:
            case '"""' | "'''":
                self._quote = token[0]
            case "[" | "{":
                self._depth += 1
            case "]" | "}":
                self._depth -= 1
        return rest[token.end() :]
