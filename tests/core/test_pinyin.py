"""Chinese order by a table of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.pinyin import initials, sort_key, sound


def _in_order(*texts: str) -> bool:
    return sorted(texts, key=sort_key) == list(texts)


def test_names_stand_in_pinyin_order() -> None:
    assert _in_order("安定镇", "城关镇", "东关街道", "凤山街道", "张家庄", "中阳县")
    assert _in_order("李家沟", "林家坪")
    assert _in_order("妈", "麻", "马", "骂")
    assert _in_order("路", "吕", "略")
    assert _in_order("西安", "先进")


def test_characters_of_one_sound_keep_together() -> None:
    assert sorted(["章三", "张二", "章一", "张四"], key=sort_key) in (
        ["张二", "张四", "章三", "章一"],
        ["章三", "章一", "张二", "张四"],
    )


def test_numbers_stand_by_size_and_latin_before_chinese_regardless_of_case() -> None:
    assert _in_order("2号楼", "10号楼", "１００号楼")
    assert _in_order("第2批", "第002批次", "第10批")
    assert _in_order("A区", "b区", "C区", "安区")
    assert sort_key("ＡＢ１") == sort_key("ab1") == sort_key(" AB1　")


def test_a_character_without_a_reading_keeps_its_place() -> None:
    assert sort_key("€") == "€"
    assert sort_key("") == ""


def test_what_sounds_alike_is_alike() -> None:
    assert sound("城关镇") == sound("成官鎮") == "chengguanzhen"
    assert sound("吕梁 ABC") == "lvliang abc"


@given(st.text(), st.text())
def test_the_key_of_a_longer_title_never_precedes_that_of_its_beginning(title: str, more: str) -> None:
    start = title.strip() + "："
    assert sort_key(start) <= sort_key(start + more)


def test_initials_are_the_first_letters_of_the_sounds() -> None:
    assert initials("城关镇") == "cgz"
    assert initials("第3中学A区") == "d3zxaq"
    assert initials("") == ""
