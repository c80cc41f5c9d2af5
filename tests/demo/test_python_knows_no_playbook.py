"""The demo's two playbooks differ in words, stages, fields and roles, and nothing in Python names either."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from taizhang import playbooks
from taizhang.core.playbook import Playbook
from taizhang.core.playbook_text import read_playbook

PACKAGE = Path(playbooks.__file__).parent.parent
SCENES = sorted((PACKAGE / "demo" / "scenes").iterdir())


def plans(scene: Path) -> list[str]:
    return sorted(path.stem for path in (scene / "plans").glob("*.toml"))


def shipped(key: str) -> Playbook:
    return read_playbook(playbooks.texts_of(key))


def test_no_python_names_a_playbook_of_the_demo() -> None:
    keys = [key for scene in SCENES for key in plans(scene)]
    assert len(keys) == 4
    names = {word for key in keys for word in (key, str(shipped(key).name), str(shipped(key).entry_word))}
    said = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not names & said


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_two_playbooks_of_a_scene_are_of_different_kinds(scene: Path) -> None:
    one, other = map(shipped, plans(scene))
    assert one.entry_word != other.entry_word
    assert {stage.key for stage in one.stages} != {stage.key for stage in other.stages}
    assert {str(role.label) for role in one.roles}.isdisjoint(str(role.label) for role in other.roles)
    assert {field.key for field in one.fields} != {field.key for field in other.fields}
    assert {move.verb for move in one.moves} != {move.verb for move in other.moves}
