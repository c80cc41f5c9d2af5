import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.formats.sheet.cells import (
    Cell,
    CellError,
    clean,
    column_index,
    column_letter,
    is_damaged_id,
    label,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("某壬六\n", "某壬六"),
        ("\n\t\t\t\u3000\u3000书记您好\xa0", "书记您好"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("甲\t乙", "甲 乙"),
        ("甲\x00乙\x07丙\x9f", "甲乙丙"),
        ("\ufeff编号\u200b", "编号"),
        ("\u202e反向\u200f", "反向"),
        ("     ", ""),
        ("段一\n\n　　段二", "段一\n\n　　段二"),
        ("😀👨‍👩‍👧", "😀👨‍👩‍👧"),
    ],
)
def test_text_is_stripped_of_what_nobody_typed_on_purpose(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_clean_text_holds_no_control_character_but_the_line_end(text: str) -> None:
    assert not {c for c in clean(text) if (ord(c) < 32 and c != "\n") or c == "\x7f"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("责 任\n单 位", "责任单位"),
        ("序　　号", "序号"),
        ("整改期限\n（2026年）", "整改期限（2026年）"),
        ("Due  date", "Due date"),
        ("HSE 报表", "HSE报表"),
    ],
)
def test_a_label_becomes_one_line_and_keeps_its_note(text: str, expected: str) -> None:
    assert label(text) == expected


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_columns_have_their_sheet_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters
    assert column_index(letters.lower()) == index


@given(st.integers(0, 20_000))
def test_column_letters_and_indexes_are_inverse(index: int) -> None:
    assert column_index(column_letter(index)) == index


@pytest.mark.parametrize(
    ("cell", "damaged"),
    [
        (110101199003074000, True),
        (1.10101199003074e17, True),
        (-1e16, True),
        ("1.10101E+17", True),
        ("6.22202E18", True),
        ("110101199003074233", False),
        ("11010119900307423X", False),
        (999_999_999_999_999, False),
        ("1.5E+3", False),
        (13800138000, False),
        (True, False),
        (None, False),
        (CellError("#REF!"), False),
    ],
)
def test_identity_numbers_rounded_by_excel_are_recognised(cell: Cell, damaged: bool) -> None:
    assert is_damaged_id(cell) is damaged
