"""The English catalogue has every text of the doors, and no other."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

from taizhang.cli import commands
from taizhang.cli.parser import GROUPS

PACKAGE = Path(__file__).parent.parent.parent / "taizhang"
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)

TRANSLATED = re.compile(r"""\{% translate (["'])(.+?)\1""")


def catalogue() -> dict[str, str]:
    entries = ENTRY.findall(CATALOGUE.read_text(encoding="utf-8") + "\n")
    found = {said(chinese): said(english) for chinese, english in entries}
    assert len(found) == len(entries), "a msgid stands twice"
    return found


def said(quoted: str) -> str:
    return "".join(map(ast.literal_eval, quoted.splitlines()))


def marked(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id in ("_", "gettext") and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def texts() -> set[str]:
    found = {command.help for command in commands()} | set(GROUPS.values())
    for path in PACKAGE.rglob("*.py"):
        found.update(marked(ast.parse(path.read_text(encoding="utf-8"))))
    for path in PACKAGE.rglob("*.html"):
        found.update(text for _mark, text in TRANSLATED.findall(path.read_text(encoding="utf-8")))
    return found


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_every_text_has_its_english() -> None:
    assert texts() - catalogue().keys() == set()


def test_no_english_is_left_over() -> None:
    assert catalogue().keys() - texts() - {""} == set()


def test_the_english_is_english_and_fills_in_the_same_words() -> None:
    for chinese, english in catalogue().items():
        assert english.strip(), chinese
        if chinese:
            assert placeholders(chinese) == placeholders(english), chinese
            assert not re.search(r"[\u4e00-\u9fff]", english), english
