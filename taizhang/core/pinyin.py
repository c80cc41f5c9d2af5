"""Chinese order and Chinese sounds, by a table of single characters.

A character has the first reading the table gives it: 重庆 sorts under zhòng. A dictionary of
phrases would know better, and costs half an import; for putting lists in order, and for finding a
name that was typed by ear, single characters are enough.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"\d+")
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_NEUTRAL = "5"


@cache
def _readings() -> Mapping[int, str]:
    """Characters and their readings with tone marks, commas between; loaded when first asked for."""
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


def _first(readings: str) -> tuple[str, str]:
    """`chéng,shèng` as ("cheng", "2"); ü is written v, as on keyboards, and so stands after u."""
    tone, letters = _NEUTRAL, list[str]()
    for mark in normalize("NFD", readings.partition(",")[0]):
        if mark in _TONES:
            tone = _TONES[mark]
        elif mark == "\u0308":
            letters[-1] = "v"
        elif mark.isascii():
            letters.append(mark)
    return "".join(letters), tone


class _SortKeys(dict[int, str]):
    """For `str.translate`: what each character contributes, worked out when first met.

    A syllable ends in its tone, and digits stand before letters, so 李 (li3) precedes 林 (lin2);
    the character itself follows, so that equal sounds keep together. Latin letters become capitals,
    which stand before the small letters of syllables.
    """

    def __missing__(self, code: int) -> str:
        reading = _readings().get(code)
        key = (
            normalize("NFKC", chr(code)).upper() if reading is None else "".join(_first(reading)) + chr(code)
        )
        self[code] = key
        return key


class _Sounds(dict[int, str]):
    """For `str.translate`: each Chinese character as its sound without tone, others folded."""

    def __missing__(self, code: int) -> str:
        reading = _readings().get(code)
        heard = normalize("NFKC", chr(code)).casefold() if reading is None else _first(reading)[0]
        self[code] = heard
        return heard


class _Initials(dict[int, str]):
    """For `str.translate`: the first letter of each Chinese character's sound, others folded."""

    def __missing__(self, code: int) -> str:
        heard = _SOUNDS[code]
        self[code] = heard[:1] if code in _readings() else heard
        return self[code]


_SORT_KEYS = _SortKeys()
_SOUNDS = _Sounds()
_INITIALS = _Initials()


def _by_size(number: re.Match[str]) -> str:
    """A number led by its length, so that 2号 precedes 10号."""
    digits = number[0].lstrip("0０") or "0"
    return f"{chr(ord('0') + min(len(digits), 9))}{digits}"


def sort_key(text: str) -> str:
    """A key that puts titles and names in pinyin order when compared by code point (collation "C").

    Numbers sort by size (up to nine digits), Latin letters before Chinese and regardless of case.
    The key is no display text.
    """
    return _NUMBER.sub(_by_size, text.strip()).translate(_SORT_KEYS)


def sound(text: str) -> str:
    """The text as it sounds, without tones or gaps: 城关镇 is "chengguanzhen"."""
    return text.translate(_SOUNDS)


def initials(text: str) -> str:
    """The first letters of the sounds: 城关镇 is "cgz"; what is no Chinese character stays, folded."""
    return text.translate(_INITIALS)
