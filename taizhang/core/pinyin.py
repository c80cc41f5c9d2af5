"""Chinese order: texts by the pinyin of their characters, digits by their value.

By character table, because a dictionary of phrases per title costs half an import; a character
of several readings is sorted under its first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DIGITS = re.compile(r"\d{1,12}")
_WIDTH = 12


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    """Code point → first reading without tone and a space, made at first use: the table is large."""
    from pypinyin.constants import PINYIN_DICT

    return {point: _plain(spelled) + " " for point, spelled in PINYIN_DICT.items()}


def _plain(spelled: str) -> str:
    first = spelled.partition(",")[0].replace("ü", "v")
    return "".join(letter for letter in unicodedata.normalize("NFD", first) if letter.isascii())


def sort_key(text: str) -> str:
    """A text whose plain order is the pinyin order of `text`: 阿 before 重 before 10号 never before 2号."""
    if not text:
        return ""
    spelled = text.casefold().translate(_readings())
    return _DIGITS.sub(lambda digits: digits.group().zfill(_WIDTH), spelled)
