"""The stages an entry passes when nothing goes wrong, as the playbook's moves have them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from taizhang.core.playbook import Playbook
from taizhang.core.playbook_text import read_playbook
from taizhang.playbooks import shipped_keys, texts_of
from tests.samples import TEXTS, playbook


def changed(old: str, new: str) -> Playbook:
    text = TEXTS["playbook.toml"]
    assert old in text
    return read_playbook({"playbook.toml": text.replace(old, new)})


def test_no_shortcut_hides_a_stage_and_no_way_back_adds_one() -> None:
    # 认领 leads from `new` to `working` at once; 退回, 转办 and 核查不通过 lead back.
    assert playbook().main_line == ("new", "assigned", "working", "done", "verified", "closed")


def test_a_way_that_closes_goes_before_a_longer_one_that_does_not() -> None:
    aside = '[[stage]]\nkey = "aside{0}"\nlabel = "另案{0}"\nno_clock = "另案"\n\n'
    stages = "".join(aside.format(n) for n in range(6))
    moves = '[[move]]\nverb = "assign"\nlabel = "另办"\nfrom = ["{0}"]\nto = "{1}"\nwho = ["desk"]\n\n'
    names = ["working", *(f"aside{n}" for n in range(6))]
    chain = "".join(moves.format(*pair) for pair in pairwise(names))
    longer = changed('[[role]]\nkey = "clerk"', f'{stages}{chain}[[role]]\nkey = "clerk"')
    assert longer.main_line == playbook().main_line


def test_declining_and_voiding_are_no_part_of_it() -> None:
    line = playbook().main_line
    assert {"declined", "void"}.isdisjoint(line)


@pytest.mark.parametrize("key", shipped_keys())
def test_the_playbooks_shipped_go_from_registration_to_a_closing(key: str) -> None:
    found = read_playbook(texts_of(key))
    assert found.main_line[0] == found.first_stage
    assert found.stage_of[found.main_line[-1]].kind == "closed"
    assert len(found.main_line) >= 6
