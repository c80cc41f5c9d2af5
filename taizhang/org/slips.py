"""Whether a name was meant for another one: a slip of the pen or of the ear, or an abbreviation."""

from __future__ import annotations

import re

from taizhang.core.pinyin import sound

_TELLING = frozenset("东西南北中上下前后左右内外大小新老旧一二三四五六七八九十甲乙丙丁0123456789")
"""Characters by which neighbours are told apart: 城东镇 is no slip for 城西镇."""
_CONFUSED = ((re.compile("^(z|c|s)h"), r"\1"), (re.compile("ng$"), "n"), (re.compile("^l"), "n"))
"""What many ears take for one sound; 李 and 柳 are two surnames all the same, and so no slip."""
_OFFICE_ENDING = re.compile(r".*(?:局|委|办|室|会|中心|院|所|站|队|公司)")


def is_likely(written: str, name: str) -> bool:
    """Of two names one character apart: whether it was left out, doubled, swapped, or sounds like the right one."""
    if len(written) != len(name):
        longer, shorter = sorted((written, name), key=len, reverse=True)
        return len(longer) > 3 and _extra(longer, shorter) not in _TELLING
    differing = [(a, b) for a, b in zip(written, name, strict=True) if a != b]
    if len(differing) == 2:
        return not _TELLING & {*differing[0]}
    return all(not _TELLING & {a, b} and _as_heard(a) == _as_heard(b) for a, b in differing)


def is_abbreviation(written: str, name: str) -> bool:
    """Whether an office's name was shortened as 发展和改革局 to 发改局: by leaving out between first and last."""
    if not (2 < len(written) < len(name)) or written[-1] != name[-1] or not _OFFICE_ENDING.fullmatch(written):
        return False
    rest = iter(name)
    return written[0] == name[0] and all(character in rest for character in written)


def _extra(longer: str, shorter: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return longer[at]


def _as_heard(character: str) -> str:
    heard = sound(character)
    for often, meant in _CONFUSED:
        heard = often.sub(meant, heard)
    return heard
