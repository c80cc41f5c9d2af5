"""Numbers and sums of money as people write them, read exactly: 3000万, 17.8万元, 1,234.50, 约3亿, 5.5%."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from taizhang.core.wording import Label

MOST_DIGITS = 30
SCALES = {
    "": 0,
    "元": 0,
    "千": 3,
    "千元": 3,
    "万": 4,
    "万元": 4,
    "百万": 6,
    "百万元": 6,
    "千万": 7,
    "千万元": 7,
    "亿": 8,
    "亿元": 8,
}
"""Powers of ten of the words for amounts."""

_EXACT = Context(prec=80, traps=[Inexact, InvalidOperation, Overflow])
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+"
_AMOUNT = re.compile(
    r"(?P<before>近|超过|超|约|大约|不超过|不少于|不足|至少|最多|逾|[<>≤≥~])?\s*(?:人民币|RMB|CNY|¥)?\s*"
    rf"(?P<number>{_NUMBER})\s*(?P<more>余|多)?\s*"
    r"(?P<scale>百万元|千万元|亿元|万元|千元|百万|千万|亿|万|千|元)?\s*(?P<past>余元|多元)?\s*"
    r"(?P<rest>[^\d,.].*?)??"
    r"(?P<after>以上|以下|左右|以内|余|多)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number exactly as written; `unit` is what stood behind it, `qualifier` a word such as 约 or 以上."""

    number: Decimal
    scale: str = ""
    unit: str = ""
    qualifier: str = ""


def read_amount(text: str) -> Amount | Label:
    """The amount a text names, or what is wrong with it."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return Label("看不出是什么数", "no number can be read from this")
    digits = found["number"].replace(",", "")
    if digits_in(digits) > MOST_DIGITS:
        return Label(f"超过 {MOST_DIGITS} 位数字", f"more than {MOST_DIGITS} digits")
    qualifier = found["before"] or found["more"] or (found["past"] or "")[:1] or found["after"] or ""
    return Amount(Decimal(digits), found["scale"] or "", (found["rest"] or "").strip(), qualifier)


def from_float(number: float) -> Decimal:
    """What the sheet showed: it keeps 15 significant digits, the rest is binary noise."""
    return Decimal(format(number, ".15g"))


def scaled(number: Decimal, power: int) -> Decimal:
    """The number times ten to the power, exactly."""
    return number.scaleb(power, _EXACT)


def normalised(number: Decimal) -> str:
    """One text for one number: no exponent, no trailing zeros, no minus before zero."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if not number else text


def digits_in(text: str) -> int:
    """How many digits a number is written with."""
    return sum(character.isdigit() for character in text)


def is_writable(number: Decimal) -> bool:
    """Whether the number can be written out in so few digits that it may be kept."""
    if not number.is_finite():
        return False
    if not number:
        return True
    near = abs(number.adjusted()) <= MOST_DIGITS and len(number.as_tuple().digits) <= 3 * MOST_DIGITS
    return near and digits_in(normalised(number)) <= MOST_DIGITS


def decimals_of(text: str) -> int:
    """How many digits stand behind the point of a normalised number."""
    return len(text.partition(".")[2])
