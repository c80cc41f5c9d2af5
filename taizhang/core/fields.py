"""The one validator of field values, for web form, Excel cell, Open311 attribute and XForm answer.

`parse` turns what somebody wrote into the JSON-plain value events hold (dates and decimals as
text, never a float), with remarks on what had to be supposed, or into a `FieldError` that names
the cure. It never raises. Units, posts and places stay text here; who calls finds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from taizhang.core.amounts import MOST_DIGITS, digits_in, is_writable
from taizhang.core.field_readers import (
    EMPTY_MARKS,
    MOST_LONG,
    MOST_SEVERAL,
    MOST_SHORT,
    READERS,
    SEVERAL_READERS,
    plain,
    shown,
)
from taizhang.core.parsed import Answer, FieldError, Parsed, Raw, Remark, Scalar
from taizhang.core.playbook import Field
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label, Language, is_storable

__all__ = [
    "Answer",
    "FieldError",
    "Parsed",
    "Raw",
    "Remark",
    "format_value",
    "imprecise",
    "is_imprecise",
    "parse",
    "problem_with",
]

_SHEET_ERRORS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_EXPONENT = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d{1,3}", re.IGNORECASE)
_MAY_BE_DAMAGED = re.compile(r"\s*[#＃+\-\d]")
_FIRST_DAMAGED = 10**15
_LONGEST_EMPTY_MARK = max(map(len, EMPTY_MARKS))
_NOTHING_KINDS = frozenset(
    {"choice", "choices", "category", "number", "money", "date", "datetime", "unit", "units"}
)
IMPRECISE = "~"
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?")
_BLANK = re.compile(r"[\s\u200b\ufeff]*")

_DAMAGED = FieldError(
    "damaged_by_excel",
    Label(
        "号码被 Excel 变成了数，第 15 位以后已丢失；请把这一列设为“文本”，按原件重新填写",
        "Excel turned this into a number and lost all beyond 15 digits; make the column text, enter it again",
    ),
)
_SHEET_ERROR = FieldError(
    "sheet_error",
    Label(
        "单元格里的公式出错了，请改成它应有的内容",
        "the formula in this cell fails; enter what it should show",
    ),
)
_NOT_STORABLE = FieldError(
    "not_storable",
    Label(
        "含有无法保存的字符（NUL 或残缺的编码），请重新输入",
        "holds characters that cannot be stored (NUL or broken encoding)",
    ),
)
_LOOK_AT_THE_SHEET = Label(
    "密封字段的内容需要核对（此处不显示）", "check the content of this sealed field (not shown here)"
)
_TOO_FINE = FieldError(
    "out_of_range",
    Label(f"写出来超过 {MOST_DIGITS} 位数字", f"takes more than {MOST_DIGITS} digits to write"),
)
_SEVERAL = FieldError("several", Label("这里只能有一个值", "one value only"))
_TOO_MANY = FieldError("too_many", Label(f"一格最多 {MOST_SEVERAL} 个值", f"{MOST_SEVERAL} values at most"))


def parse(field: Field, raw: Raw, *, today: date, date1904: bool = False) -> Answer:
    """Read one field's raw content. Blank is `Parsed(None)`; whether it may be is decided elsewhere.

    `today` judges which years are likely; `date1904` says that serial numbers count from 1904.
    """
    items = [item for item in (raw if isinstance(raw, list | tuple) else [raw]) if not _is_blank(item)]
    if not items:
        return Parsed(None)
    if error := next(filter(None, map(_fault, items)), None):
        return error
    if field.kind in _NOTHING_KINDS and len(items) == 1 and _means_nothing(field, items[0]):
        message = Label("按没有填写处理", "taken as left blank")
        return Parsed(None, (Remark("read_as_empty", message, doubt=False),), shown(items[0]).strip())
    answer = _read(field, items, today, date1904)
    return _discreet(answer) if field.is_sealed else answer


def _read(field: Field, items: Sequence[Scalar], today: date, date1904: bool) -> Answer:
    if several := SEVERAL_READERS.get(field.kind):
        return _several(items, several(field, items))
    return READERS[field.kind](field, items[0], today, date1904) if len(items) == 1 else _SEVERAL


def _discreet(answer: Answer) -> Answer:
    """Messages about what is sealed must not repeat it: they reach logs, lists and job results."""
    if isinstance(answer, FieldError):
        return FieldError(answer.code, _LOOK_AT_THE_SHEET)
    remarks = tuple(Remark(remark.code, _LOOK_AT_THE_SHEET, remark.doubt) for remark in answer.remarks)
    return Parsed(answer.value, remarks, answer.text)


def _several(items: Sequence[Scalar], answer: Answer) -> Answer:
    """Separators alone hold no value, and one cell holds only so many."""
    if isinstance(answer, FieldError) or not isinstance(answer.value, tuple):
        return answer
    if not answer.value:
        return Parsed(None, text="".join(map(shown, items)).strip())
    return answer if len(answer.value) <= MOST_SEVERAL else _TOO_MANY


def _is_blank(item: Scalar) -> bool:
    return item is None or (isinstance(item, str) and _BLANK.fullmatch(item) is not None)


def _means_nothing(field: Field, item: Scalar) -> bool:
    written = shown(item).strip()
    if len(written) > _LONGEST_EMPTY_MARK:
        return False
    word = plain(written).casefold()
    return word in EMPTY_MARKS and word not in map(plain, field.choices)


def _fault(item: Scalar) -> FieldError | None:
    """What no kind of field can take."""
    match item:
        case str():
            if not is_storable(item):
                return _NOT_STORABLE
            return _damage(item) if len(item) < 40 and _MAY_BE_DAMAGED.match(item) else None
        case bool() | date():
            return None
        case Decimal() if not is_writable(item):
            return _DAMAGED if not item.is_finite() or item.adjusted() > 0 else _TOO_FINE
        case int() | float() | Decimal():
            return None if -_FIRST_DAMAGED < item < _FIRST_DAMAGED else _DAMAGED
        case _:
            return None


def _damage(text: str) -> FieldError | None:
    written = plain(text).upper()
    return _SHEET_ERROR if written in _SHEET_ERRORS else _DAMAGED if _EXPONENT.fullmatch(written) else None


def problem_with(field: Field, value: Value) -> Label | None:
    """What is wrong with a value that is to stand in an event, None when nothing is."""
    if isinstance(value, SealedRef):
        return None if field.is_sealed else Label("这个字段不密封", "this field is not sealed")
    if not _has_form(field, value):
        return Label("格式不对", "not in the form this field keeps")
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    if not all(map(is_storable, texts)):
        return _NOT_STORABLE.message
    most = MOST_LONG if field.kind == "longtext" else MOST_SHORT
    if any(len(text) > most for text in texts):
        return Label(f"最多 {most} 个字符", f"{most} characters at most")
    return None


def _has_form(field: Field, value: str | int | tuple[str, ...]) -> bool:
    match field.kind:
        case "choices":
            return isinstance(value, tuple) and _are_choices(field, value)
        case "units":
            return isinstance(value, tuple) and 0 < len(value) <= MOST_SEVERAL and all(map(str.strip, value))
        case "yesno":
            return isinstance(value, bool)
        case "file":
            return False
        case _:
            return isinstance(value, str) and _text_has_form(field, value)


def _are_choices(field: Field, values: tuple[str, ...]) -> bool:
    return 0 < len(set(values)) == len(values) and set(values) <= set(field.choices)


def _text_has_form(field: Field, value: str) -> bool:
    match field.kind:
        case "choice":
            return value in field.choices
        case "category":
            return value in field.categories
        case "number" | "money":
            return bool(_NUMBER.fullmatch(value)) and value != "-0" and digits_in(value) <= MOST_DIGITS
        case "date":
            return _is_iso(value, _DATE) or is_imprecise(value)
        case "datetime":
            return _is_iso(value, _DATETIME) or is_imprecise(value)
        case _:
            return bool(value.strip())


def imprecise(text: str) -> str:
    """How a date field keeps words that name no day (`11月底前`, `立行立改`): kept, shown, and asked about."""
    return IMPRECISE + text


def is_imprecise(value: str) -> bool:
    return value.startswith(IMPRECISE) and bool(value[1:].strip()) and len(value) <= MOST_SHORT


def _is_iso(value: str, form: re.Pattern[str]) -> bool:
    """The one spelling kept of a moment that exists; the standard reader alone also takes others."""
    if form.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def format_value(field: Field, value: Value | None, language: Language = "zh") -> str:
    """A value for lists, exports and briefings: dates in ISO form, amounts with their unit.

    `parse` reads it back as the same value, except that what is sealed stays sealed.
    """
    match value:
        case None:
            return ""
        case SealedRef():
            return "〔已密封〕" if language == "zh" else "[sealed]"
        case bool():
            return {"zh": "否是", "en": ("no", "yes")}[language][value]
        case tuple():
            return ("、" if language == "zh" else ", ").join(value)
        case int():
            return str(value)
        case str():
            return _formatted(field, value, language)


def _formatted(field: Field, value: str, language: Language) -> str:
    if field.kind in ("date", "datetime"):
        return value[1:] if is_imprecise(value) else value.replace("T", " ")
    if field.kind in ("number", "money") and field.unit:
        gap = "" if language == "zh" or field.unit == "%" else " "
        return f"{value}{gap}{field.unit}"
    return value
