"""Takes one TOML table apart: hands out values of the declared shape and notes every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taizhang.core.playbook_keys import KEYS, NEEDED_TABLES, REPEATED, Key
from taizhang.core.playbook_problem import Problem, did_you_mean, joined
from taizhang.core.toml_lines import Path, line_of
from taizhang.core.wording import Label

MAIN_FILE = "playbook.toml"

_SHAPES: dict[str, Label] = {
    "text": Label("应是一段文字", "must be a text"),
    "texts": Label("应是文字的列表", "must be a list of texts"),
    "text or texts": Label("应是一段文字或文字的列表", "must be a text or a list of texts"),
    "whole": Label("应是不小于零的整数", "must be a whole number, zero or more"),
    "yesno": Label("应是 true 或 false", "must be true or false"),
}


class Notes:
    """The problems found so far, each with the line its key stands on."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self.problems: list[Problem] = []

    def add(self, path: Path, key: str, message: Label) -> None:
        self.problems.append(Problem(MAIN_FILE, line_of(self._lines, path), key, message))

    def add_in(self, file: str, line: int, key: str, message: Label) -> None:
        self.problems.append(Problem(file, line, key, message))


class Table:
    """One table, its keys checked against `KEYS`. What was wrong or missing reads as empty afterwards."""

    def __init__(self, name: str, raw: Mapping[str, object], path: Path, notes: Notes) -> None:
        self.name, self.path, self._notes = name, path, notes
        row = raw.get("key") if "key" in KEYS[name] else raw.get("verb")
        self.row = row if isinstance(row, str) and name in REPEATED else ""
        for key in raw.keys() - KEYS[name].keys():
            self.refuse(key, _unknown(key, KEYS[name]))
        for key in (key for key, shape in KEYS[name].items() if shape.needed and key not in raw):
            self.refuse(key, Label(f"缺少 {key}", f"`{key}` is missing"))
        self._values = {key: raw[key] for key in KEYS[name] if key in raw and self._fits(key, raw[key])}

    def refuse(self, key: str, message: Label) -> None:
        named = ".".join(part for part in (self.name, self.row or self._place(), key) if part)
        self._notes.add((*self.path, key), named, message)

    def text(self, key: str, default: str = "") -> str:
        return str(self._values.get(key, default))

    def label(self, key: str = "label", default: Label | None = None) -> Label:
        fallback = default or Label("")
        return Label(self.text(key, fallback.zh), self.text(f"{key}_en", fallback.en))

    def yes(self, key: str) -> bool:
        return self._values.get(key) is True

    def whole(self, key: str, default: int) -> int:
        value = self._values.get(key, default)
        return value if isinstance(value, int) else default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()

    def word(self, key: str, default: str) -> Any:
        """A value whose words are declared, for a field typed as a Literal of exactly these words."""
        return self._values.get(key, default)

    def _place(self) -> str:
        return str(self.path[-1] + 1) if self.path and isinstance(self.path[-1], int) else ""

    def _fits(self, key: str, value: object) -> bool:
        declared = KEYS[self.name][key]
        if not has_shape(value, declared):
            self.refuse(key, _SHAPES[declared.shape])
            return False
        words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        wrong = [word for word in words if declared.words and word not in declared.words]
        for word in wrong:
            self.refuse(key, unknown_word(word, declared.words))
        return not wrong


def has_shape(value: object, declared: Key) -> bool:
    match declared.shape:
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "yesno":
            return isinstance(value, bool)
        case "texts":
            return _are_texts(value)
        case "text or texts":
            return _are_texts(value) or (isinstance(value, str) and bool(value.strip()))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


def unknown_word(word: object, known: Iterable[str]) -> Label:
    words = list(known)
    listed = "、".join(words), ", ".join(words)
    told = Label(f"不认识“{word}”，可用：{listed[0]}", f"`{word}` is not known; use one of: {listed[1]}")
    return joined(told, did_you_mean(str(word), words))


def _unknown(key: str, known: Mapping[str, object]) -> Label:
    return joined(Label(f"没有“{key}”这个键", f"there is no key `{key}`"), did_you_mean(key, list(known)))


def tables(document: Mapping[str, object], notes: Notes) -> dict[str, list[Table]]:
    """Every table of the document by name; unknown, missing and misshapen ones are noted."""
    for name in document.keys() - KEYS.keys():
        notes.add(
            (name,),
            name,
            joined(
                Label(f"没有 [{name}] 这一节", f"there is no table [{name}]"), did_you_mean(name, list(KEYS))
            ),
        )
    for name in (name for name in NEEDED_TABLES if name not in document):
        notes.add((), name, Label(f"缺少 {_written(name)}", f"{_written(name)} is missing"))
    return {name: _rows(name, document.get(name), notes) for name in KEYS}


def _written(name: str) -> str:
    return f"[[{name}]]" if name in REPEATED else f"[{name}]"


def _rows(name: str, raw: object, notes: Notes) -> list[Table]:
    if raw is None:
        return []
    repeated = name in REPEATED
    rows = raw if repeated and isinstance(raw, list) else [raw]
    if not all(isinstance(row, dict) for row in rows) or (repeated and not isinstance(raw, list)):
        notes.add((name,), name, Label(f"应写成 {_written(name)}", f"must be written {_written(name)}"))
        return []
    return [Table(name, row, (name, place) if repeated else (name,), notes) for place, row in enumerate(rows)]
