"""The rules of the house that no linter states: sizes, names, one version, lock files that name no host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from taizhang import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "taizhang"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
VAGUE_NAMES = {"utils", "util", "helpers", "services", "managers", "common", "base", "misc"}
# Builtins that reach outside; the modules that do are the business of the import contracts in pyproject.toml.
OUTSIDE = {"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint"}
CLOCKS = {"now", "utcnow", "today"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(folder: Path = PACKAGE) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_and_its_functions_can_be_read_in_one_go(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_MODULE, f"{lines} lines; cut it by subject"
    long = {f.name: length(f) for f in functions(parsed(path)) if length(f) > LONGEST_FUNCTION}
    assert not long, f"functions of more than {LONGEST_FUNCTION} lines"


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = [name_of(path) for path in PACKAGE.rglob("*") if path.stem in VAGUE_NAMES]
    assert not vague, "name a module for its subject"


@pytest.mark.parametrize("path", modules(PACKAGE / "core"), ids=name_of)
def test_the_core_asks_for_nothing(path: Path) -> None:
    asked = [
        f"line {node.lineno}: {ast.unparse(node.func)}()"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in OUTSIDE)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS)
        )
    ]
    assert not asked, "the time is an argument, and files are read by whoever calls"


def test_nothing_in_the_package_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b")
    left = [
        f"{name_of(path)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not left


def test_the_changelog_leads_with_this_version() -> None:
    heading = re.search(
        r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert heading is not None
    assert heading[1] == __version__


@pytest.mark.parametrize("name", ["lock.txt", "dev.txt"])
def test_a_lock_file_pins_and_hashes_everything_and_names_no_index(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", line)] == []
    assert "://" not in text


def test_what_a_class_looks_like_is_said_in_one_file() -> None:
    """All files make one sheet: a second meaning of a word would change pages its author never looked at."""
    said: dict[str, set[str]] = {}
    for path in (ROOT / "frontend" / "src").glob("*.css"):
        for name in re.findall(r"^(\.[a-z][\w-]*)(?= ?[,{])", path.read_text(encoding="utf-8"), re.MULTILINE):
            said.setdefault(name, set()).add(path.name)
    assert {name: files for name, files in said.items() if len(files) > 1} == {}


def test_the_two_lock_files_agree() -> None:
    run, dev = (
        set(
            re.findall(
                r"^([a-z0-9-]+==\S+)",
                (ROOT / "requirements" / name).read_text(encoding="utf-8"),
                re.MULTILINE,
            )
        )
        for name in ("lock.txt", "dev.txt")
    )
    assert run < dev


def test_the_front_end_lock_names_no_registry() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
