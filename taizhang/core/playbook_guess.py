"""Guesses from a column's header and cells what kind of field it is, and says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from taizhang.core.amounts import decimals_of
from taizhang.core.dates import Moment, read_date
from taizhang.core.field_readers import EMPTY_MARKS, MOST_SHORT, NO, SEPARATORS, YES, plain, shown
from taizhang.core.fields import Parsed, parse
from taizhang.core.parsed import Scalar
from taizhang.core.playbook import Field
from taizhang.core.wording import Label, is_storable

MOST_CHOICES = 12
_ROWS_PER_CHOICE = 3
_LONG = 80
_ANY_DAY = date(2000, 1, 1)

_PERSON = re.compile(
    r"电话|手机|联系方式|联系人|身份证|证件号|住址|家庭|姓名|来信人|留言人|留言用户|信访人|举报人|投诉人|诉求人|户主|昵称"
)
_ORIGINAL = re.compile(r"(?:留言|来信|信访|举报|投诉|诉求|反映).*(?:详情|内容|原文)")
_REPLY = re.compile(r"(?:答复|回复)(?:意见|内容)|^(?:答复|回复)$")
_LEAD = re.compile(r"(?:责任|牵头|整改|承办|主办|办理|主责|主管)(?:单位|部门)")
_ASSISTING = re.compile(r"(?:配合|协办|协同|会办)(?:单位|部门)")
_DAY = re.compile(r"日期|时间|日$|时限|期限|限期|年月")
_COUNT = re.compile(r"人次|人数|次数|天数|数量|比例|率$|数$|日$")
_MONEY = re.compile(r"金额|资金|投资|费用|经费|价|款|万元|\(元\)")
_MONEY_UNIT = re.compile(r"亿元|万元|元")
_NAMES = re.compile(r"人$|人员|领导|备注|说明|措施|内容|描述")


@dataclass(frozen=True, slots=True)
class Guess:
    """A field as it may be declared, and the reason in Chinese for the comment above it."""

    field: Field
    why: str


def guess(key: str, label: str, samples: Sequence[Scalar]) -> Guess:
    """The first kind that fits the header and under which every sample can be read.

    `samples` are cells as the sheet gives them; blanks do not count.
    """
    filled = [item for item in samples if shown(item).strip()]
    for candidate in _candidates(Field(key, Label(label)), filled):
        if all(isinstance(parse(candidate.field, item, today=_ANY_DAY), Parsed) for item in filled):
            return candidate
    return _as_text(Field(key, Label(label)), filled)


def _candidates(blank: Field, filled: Sequence[Scalar]) -> Iterator[Guess]:
    label = plain(blank.label.zh)
    if _ORIGINAL.search(label):
        yield Guess(
            replace(blank, kind="longtext", original=True),
            "看表头是来信人的原话，按原文密封；不是就删去 original",
        )
    if _REPLY.search(label):
        why = "答复里常写着来信人的名字和住址，先密封；没有就删去 visibility"
        yield Guess(replace(blank, kind="longtext", visibility="sealed"), why)
    if _PERSON.search(label):
        yield Guess(replace(blank, kind="contact"), "看表头是个人信息，加密另存；不是就改 kind")
    if not filled:
        return
    if _ASSISTING.search(label):
        yield Guess(replace(blank, kind="units"), "看表头是配合单位，一格里可以有几个")
    if _LEAD.search(label):
        yield Guess(replace(blank, kind="unit"), "看表头是责任单位")
    yield from _days(blank, label, filled)
    yield from _numbers(blank, label, filled)
    yield from _words(blank, label, filled)


def _days(blank: Field, label: str, filled: Sequence[Scalar]) -> Iterator[Guess]:
    moments = [moment for item in filled if (moment := _moment(label, item)) is not None]
    if len(moments) * 10 < len(filled) * 6:
        return
    timed = any(moment.time() != time() for moment in moments)
    why = f"{len(filled)} 格中 {len(moments)} 格是确切日期" + ("，带时间" if timed else "")
    yield Guess(replace(blank, kind="datetime" if timed else "date"), why)


def _moment(label: str, item: Scalar) -> datetime | None:
    if isinstance(item, datetime):
        return item
    if isinstance(item, date):
        return datetime.combine(item, time())
    if isinstance(item, str):
        reading = read_date(item)
        return reading.at if isinstance(reading, Moment) else None
    if isinstance(item, int | float) and not isinstance(item, bool) and _DAY.search(label):
        answer = parse(Field("day", Label(label), kind="datetime"), item, today=_ANY_DAY)
        value = answer.value if isinstance(answer, Parsed) else None
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    return None


def _numbers(blank: Field, label: str, filled: Sequence[Scalar]) -> Iterator[Guess]:
    """Codes with a leading zero are names, not numbers."""
    if any(isinstance(item, str) and re.match(r"0\d", item.strip()) for item in filled) or _is_code(label):
        return
    named = _MONEY.search(label) and not _COUNT.search(label)
    money = named or any(isinstance(item, str) and re.search(r"[万亿元]\s*$", item) for item in filled)
    kind = (
        replace(blank, kind="money", unit=_declared_unit(label)) if money else replace(blank, kind="number")
    )
    values = [
        answer.value for item in filled if isinstance(answer := parse(kind, item, today=_ANY_DAY), Parsed)
    ]
    numbers = [value for value in values if isinstance(value, str)]
    if not numbers or len(values) < len(filled):
        return
    field = replace(kind, decimals=min(10, max(map(decimals_of, numbers))))
    yield Guess(field, f"都是金额，单位按“{field.unit}”，请核对" if money else "都是数")


def _declared_unit(label: str) -> str:
    found = _MONEY_UNIT.search(label)
    return found[0] if found else "元"


def _is_code(label: str) -> bool:
    return bool(re.search(r"编号|编码|代码|号$|号码", label))


def _words(blank: Field, label: str, filled: Sequence[Scalar]) -> Iterator[Guess]:
    words = [plain(shown(item)) for item in filled]
    if "是否" in label and all(word.casefold() in YES | NO for word in words):
        yield Guess(replace(blank, kind="yesno"), "都是“是”或“否”")
    if _NAMES.search(label) or _is_code(label) or any(len(word) > 20 for word in words):
        return
    distinct = [word for word in dict.fromkeys(words) if word.casefold() not in EMPTY_MARKS]
    if _is_vocabulary(distinct, len(words)) and not any(SEPARATORS.search(word) for word in distinct):
        yield Guess(
            replace(blank, kind="choice", choices=tuple(distinct)),
            f"{len(words)} 格只有 {len(distinct)} 种写法",
        )
    parts = list(
        dict.fromkeys(part.strip() for word in distinct for part in SEPARATORS.split(word) if part.strip())
    )
    if _is_vocabulary(parts, len(words)):
        yield Guess(
            replace(blank, kind="choices", choices=tuple(parts)), f"一格里有几个值，共 {len(parts)} 种"
        )


def _is_vocabulary(distinct: Sequence[str], rows: int) -> bool:
    few = 1 < len(distinct) <= MOST_CHOICES and rows >= len(distinct) * _ROWS_PER_CHOICE
    return few and all(map(is_storable, distinct))


def _as_text(blank: Field, filled: Sequence[Scalar]) -> Guess:
    texts = [shown(item) for item in filled]
    longest = max(map(len, texts), default=0)
    if longest > _LONG or any("\n" in text.strip() for text in texts):
        return Guess(replace(blank, kind="longtext"), f"文字，最长 {longest} 字")
    return Guess(
        replace(blank, kind="text"),
        f"文字，最长 {longest} 字（最多可填 {MOST_SHORT} 字）" if filled else "没有内容，先按文字",
    )
