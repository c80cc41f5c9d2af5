"""One reader for each kind of field. Each gets content that is neither blank nor damaged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches

from taizhang.core import amounts
from taizhang.core.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    Doubt,
    Imprecise,
    Moment,
    NoDate,
    read_date,
    read_serial,
)
from taizhang.core.parsed import Answer, FieldError, Parsed, Remark, Scalar
from taizhang.core.playbook import Field, FieldKind
from taizhang.core.wording import Label

MOST_SHORT, MOST_LONG, MOST_SEVERAL = 500, 30_000, 100
"""Characters in a text, in a long text, and how many values one cell may hold."""

SEPARATORS = re.compile(r"[、，,；;/\n\r\t|]+")
YES = frozenset(["是", "有", "对", "已", "√", "✓", "✔", "y", "yes", "true", "t", "1", "on"])
NO = frozenset(
    ["否", "无", "不", "未", "没有", "不是", "×", "✗", "✘", "x", "n", "no", "false", "f", "0", "off"]
)
EMPTY_MARKS = frozenset(["/", "\\", "-", "—", "——", "–", "―", "无", "暂无", "n/a", "na", "nil", "none"])
"""How people write 'nothing' into a cell that asks for a number, a date or a choice."""

_FIRST_LIKELY_YEAR, _LIKELY_YEARS_AHEAD = 1950, 20
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_PHONE = re.compile(
    r"(?:\+?86)?1[3-9]\d{9}|(?:0\d{2,3})?[2-9]\d{6,7}(?:(?:转|x)\d{1,6})?|[48]00\d{7}|1[012]\d{1,3}|9\d{4}"
)
_ID_CARD = re.compile(r"\d{15}|\d{17}[\dX]")

_DOUBTS: dict[Doubt, Label] = {
    "two_digit_year": Label("年份只写了两位，请核对", "the year has two digits only, please check"),
    "by_that_day": Label("“前”按当日截止计", "“by” is taken to include the day itself"),
    "zone_left_out": Label(
        "按写出的钟点记录，未换算时区", "kept as the clock showed it, not converted between zones"
    ),
}


def plain(text: str) -> str:
    """Half-width characters and no white space around, for comparing; never for keeping."""
    return unicodedata.normalize("NFKC", text).strip()


def shown(raw: Scalar) -> str:
    """A scalar as a sheet shows it: whole floats without a point, dates in ISO form."""
    match raw:
        case None:
            return ""
        case str():
            return raw
        case bool():
            return "是" if raw else "否"
        case float():
            return amounts.normalised(amounts.from_float(raw))
        case Decimal():
            return amounts.normalised(raw)
        case datetime():
            return (
                raw.isoformat(sep=" ", timespec="seconds") if raw.time() != time() else raw.date().isoformat()
            )
        case date():
            return raw.isoformat()
        case int():
            return str(raw)


def too_long(text: str, most: int) -> FieldError | None:
    if len(text) <= most:
        return None
    return FieldError(
        "too_long",
        Label(
            f"有 {len(text)} 个字符，最多 {most} 个；请另附文件",
            f"{len(text)} characters, {most} at most; attach a file instead",
        ),
    )


def read_text(_field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    text = shown(raw).strip()
    if error := too_long(text, MOST_SHORT):
        return error
    remarks: tuple[Remark, ...] = ()
    if isinstance(raw, date):
        message = Label(
            "表里是日期；编号被 Excel 改成日期时请改回文字",
            "a date in the sheet; if Excel turned a number into it, make it text",
        )
        remarks = (Remark("date_in_text", message),)
    if re.fullmatch(r"\d{15}0+", text):
        message = Label(
            "长号码末尾全是 0，可能被 Excel 抹去了后几位",
            "a long number ending in zeros: Excel may have wiped its last digits",
        )
        remarks = (*remarks, Remark("digits_lost", message))
    return Parsed(text, remarks)


def read_long_text(field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    text = shown(raw)
    text = text if field.original else text.strip()
    return too_long(text, MOST_LONG) or Parsed(text)


def read_choice(field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    return _chosen(field.choices, shown(raw))


def read_choices(field: Field, raw: Sequence[Scalar]) -> Answer:
    values: dict[str, None] = {}
    remarks: list[Remark] = []
    for text in _separated(raw):
        answer = _chosen(field.choices, text)
        if isinstance(answer, FieldError):
            return answer
        values[str(answer.value)] = None
        remarks.extend(answer.remarks)
    return Parsed(tuple(values), tuple(remarks))


def _chosen(choices: Sequence[str], text: str) -> Answer:
    wanted = plain(text)
    if exact := next((choice for choice in choices if plain(choice) == wanted), None):
        return Parsed(exact)
    longer = [choice for choice in choices if len(wanted) >= 2 and plain(choice).startswith(wanted)]
    if len(longer) == 1:
        return Parsed(
            longer[0],
            (Remark("read_as", Label(f"按“{longer[0]}”登记", f"taken as `{longer[0]}`"), doubt=False),),
        )
    return FieldError("not_a_choice", _pick_from(wanted, choices))


def _pick_from(wanted: str, choices: Sequence[str]) -> Label:
    near = get_close_matches(wanted, choices, n=5, cutoff=0.3) or list(choices[:10])
    more = "…" if len(near) < len(choices) else ""
    return Label(
        f"没有“{wanted[:50]}”这一项，可填：{'、'.join(near)}{more}",
        f"`{wanted[:50]}` is none of: {', '.join(near)}{more}",
    )


def read_category(field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    """A node by its path, its levels parted by any usual mark, or by its name alone where that is unique."""
    wanted = plain(shown(raw))
    path = "/".join(part.strip() for part in re.split(r"[/>\\|→、]|--|—+", wanted) if part.strip())
    if known := next((node for node in field.categories if plain(node) in (path, wanted)), None):
        return Parsed(known)
    named = [node for node in field.categories if plain(node).rpartition("/")[2] == wanted]
    if len(named) == 1:
        return Parsed(named[0])
    if named:
        listed = named[:5]
        return FieldError(
            "category_unclear",
            Label(
                f"有多个“{wanted}”，请写全路径：{'；'.join(listed)}",
                f"several are called `{wanted}`; write the path: {'; '.join(listed)}",
            ),
        )
    return FieldError("not_a_category", _pick_from(wanted, field.categories))


def read_units(_field: Field, raw: Sequence[Scalar]) -> Answer:
    names = tuple(dict.fromkeys(_separated(raw)))
    longest = max(names, key=len, default="")
    return too_long(longest, MOST_SHORT) or Parsed(names)


def read_unit(field: Field, raw: Scalar, today: date, date1904: bool) -> Answer:
    answer = read_text(field, raw, today, date1904)
    if isinstance(answer, Parsed) and len(_separated([raw])) > 1:
        message = Label("一格里有多个单位，请确定一个", "several units in one cell, please settle on one")
        return Parsed(answer.value, (*answer.remarks, Remark("several_units", message)), shown(raw))
    return answer


def _separated(raw: Sequence[Scalar]) -> list[str]:
    return [part.strip() for item in raw for part in SEPARATORS.split(shown(item)) if part.strip()]


def read_yesno(_field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    word = plain(shown(raw)).casefold()
    if word in YES or word in NO:
        return Parsed(word in YES)
    return FieldError(
        "not_yes_or_no",
        Label(f"“{word[:50]}”看不出是或否，请填“是”或“否”", f"`{word[:50]}` is neither yes nor no"),
    )


def read_number(field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    if isinstance(raw, bool | date):
        return FieldError(
            "not_a_number", Label("这里应是数，表里是日期或是否", "a number is needed, not a date or yes/no")
        )
    if isinstance(raw, int | float | Decimal):
        number = amounts.from_float(raw) if isinstance(raw, float) else Decimal(raw)
        return _counted(field, number, ())
    return _amount(field, raw or "")


def _amount(field: Field, text: str) -> Answer:
    read = amounts.read_amount(text)
    if isinstance(read, Label):
        return FieldError("not_a_number", read)
    number, unit = _in_declared_unit(field, read)
    if unit:
        wanted = field.unit or Label("不带单位的数", "a bare number").zh
        return FieldError(
            "wrong_unit",
            Label(f"“{unit[:50]}”不是这里的单位，应是：{wanted}", f"`{unit[:50]}` is not the unit here"),
        )
    if not read.qualifier:
        return _counted(field, number, ())
    message = Label(
        f"写的是“{text.strip()[:50]}”，不是确数", f"written `{text.strip()[:50]}`: not an exact figure"
    )
    return _counted(field, number, (Remark("not_exact", message),), text.strip())


def _in_declared_unit(field: Field, read: amounts.Amount) -> tuple[Decimal, str]:
    """The number in the field's unit, and the unit that stayed unexplained (empty when none did)."""
    power, unit = amounts.SCALES[read.scale], read.unit
    if field.kind == "money":
        own = amounts.SCALES[field.unit]
        return (amounts.scaled(read.number, power - own) if read.scale else read.number), unit
    if read.scale.endswith("元") and read.scale != field.unit:
        return read.number, read.scale + unit
    if read.scale and read.scale + unit == field.unit:
        return read.number, ""
    if unit == "%" and field.unit != "%":
        return amounts.scaled(read.number, power - 2), ""
    known = unit in (field.unit, f"个{field.unit}") or f"个{unit}" == field.unit
    return amounts.scaled(read.number, power), "" if known else unit


def _counted(field: Field, number: Decimal, remarks: tuple[Remark, ...], text: str = "") -> Answer:
    if not amounts.is_writable(number):
        most = amounts.MOST_DIGITS
        return FieldError(
            "out_of_range", Label(f"写出来超过 {most} 位数字", f"takes more than {most} digits to write")
        )
    value = amounts.normalised(number)
    if amounts.decimals_of(value) > field.decimals:
        message = Label(
            f"小数多于 {field.decimals} 位，已照原样登记",
            f"more than {field.decimals} decimals, kept as written",
        )
        remarks = (*remarks, Remark("many_decimals", message, doubt=False))
    return Parsed(value, remarks, text)


def read_day(field: Field, raw: Scalar, today: date, date1904: bool) -> Answer:
    """A date or a moment; what names no single day keeps its text and asks for one."""
    reading = _moment(raw, date1904)
    if isinstance(reading, NoDate):
        return FieldError("not_a_date", reading.why)
    if isinstance(reading, Imprecise):
        text = shown(raw).strip()
        message = Label(
            f"“{text[:50]}”不是确切日期，请补一个日期", f"`{text[:50]}` names no single day, please give one"
        )
        return too_long(text, MOST_SHORT) or Parsed(None, (Remark("date_asked_for", message),), text)
    remarks = [Remark(doubt, _DOUBTS[doubt], doubt=doubt == "two_digit_year") for doubt in reading.doubts]
    if not _FIRST_LIKELY_YEAR <= reading.at.year <= today.year + _LIKELY_YEARS_AHEAD:
        message = Label(f"{reading.at.year} 年，请核对", f"the year {reading.at.year}, please check")
        remarks.append(Remark("year_unlikely", message))
    return _as_kind(field, reading, remarks)


def _as_kind(field: Field, reading: Moment, remarks: list[Remark]) -> Parsed:
    if field.kind == "datetime":
        if not reading.timed:
            message = Label("没有写时间，按零时登记", "no time was written, midnight is recorded")
            remarks.append(Remark("time_missing", message, doubt=False))
        return Parsed(reading.at.isoformat(timespec="seconds"), tuple(remarks))
    if not reading.timed:
        return Parsed(reading.at.date().isoformat(), tuple(remarks))
    remarks.append(
        Remark(
            "time_left_out", Label("只登记日期，不登记钟点", "the day is recorded, not the time"), doubt=False
        )
    )
    return Parsed(reading.at.date().isoformat(), tuple(remarks), reading.at.isoformat(" ", "seconds"))


def _moment(raw: Scalar, date1904: bool) -> Moment | Imprecise | NoDate:
    match raw:
        case bool() | None:
            return NoDate(Label("这里应是日期", "a date is needed"))
        case datetime():
            return _within(Moment(raw.replace(tzinfo=None, microsecond=0), timed=raw.time() != time()))
        case date():
            return _within(Moment(datetime.combine(raw, time())))
        case int() | float() | Decimal():
            return read_serial(float(raw), date1904=date1904)
        case str():
            digits = plain(raw)
            return (
                read_serial(float(digits), date1904=date1904) if _SERIAL.fullmatch(digits) else read_date(raw)
            )


def _within(moment: Moment) -> Moment | NoDate:
    if FIRST_YEAR <= moment.at.year <= LAST_YEAR:
        return moment
    return NoDate(
        Label(
            f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间",
            f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}",
        )
    )


def read_contact(_field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    """A person's name, number or address. An implausible number is only remarked on."""
    text = shown(raw).strip()
    digits = re.sub(r"[\s()\-]", "", plain(text)).upper()
    remarks: tuple[Remark, ...] = ()
    if re.fullmatch(r"\+?\d{5,}[X\d转]*", digits) and not (
        _PHONE.fullmatch(digits) or _ID_CARD.fullmatch(digits)
    ):
        message = Label("不像电话或证件号码，请核对", "looks like neither a telephone nor an identity number")
        remarks = (Remark("contact_unlikely", message),)
    return too_long(text, MOST_SHORT) or Parsed(text, remarks)


def read_file(_field: Field, raw: Scalar, _today: date, _date1904: bool) -> Answer:
    text = shown(raw).strip()
    message = Label(
        "文件要在条目里上传，表格里的文字未登记",
        "files are attached to the entry; the text here is not recorded",
    )
    return too_long(text, MOST_LONG) or Parsed(None, (Remark("file_to_attach", message),), text)


READERS: dict[FieldKind, Callable[[Field, Scalar, date, bool], Answer]] = {
    "text": read_text,
    "longtext": read_long_text,
    "choice": read_choice,
    "category": read_category,
    "number": read_number,
    "money": read_number,
    "date": read_day,
    "datetime": read_day,
    "yesno": read_yesno,
    "place": read_text,
    "unit": read_unit,
    "post": read_text,
    "contact": read_contact,
    "file": read_file,
}
SEVERAL_READERS: dict[FieldKind, Callable[[Field, Sequence[Scalar]], Answer]] = {
    "choices": read_choices,
    "units": read_units,
}
