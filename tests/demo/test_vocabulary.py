"""Words of the demo: remembered within an entry, varied between entries."""

from __future__ import annotations

from random import Random

import pytest

from taizhang.demo import vocabulary


def talk(seed: int = 1) -> vocabulary.Vocabulary:
    pools = {
        "where": ["{town}小学", "{town}中学"],
        "town": ["甲镇", "乙镇"],
        "n": ["两", "三", "四"],
        "fault": ["坏", "漏"],
    }
    return vocabulary.Vocabulary(Random(seed), [pools], {})


def test_what_was_said_of_an_entry_is_said_again() -> None:
    words = talk()
    assert words.say("{where}") == words.say("{where}")
    assert words.say("{where}").startswith(words.say("{town}"))


def test_a_second_word_is_another_one() -> None:
    for seed in range(20):
        words = talk(seed)
        assert words.say("{fault}") != words.say("{fault2}")


def test_numbers_are_drawn_freely() -> None:
    words = talk()
    assert len({words.say("{n}") for _ in range(40)}) == 3


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        talk().say("{nothing}")
