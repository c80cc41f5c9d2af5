# ruff: noqa: DTZ001 - times are of the site's zone and carry none
"""The one validator: what each kind takes, what it says about doubts, and that nothing ever escapes it."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.fields import FieldError, Parsed, format_value, imprecise, parse, problem_with
from taizhang.core.parsed import Raw
from taizhang.core.playbook import FIELD_KINDS, Field
from taizhang.core.values import SealedRef, Value
from taizhang.core.wording import Label

TODAY = date(2026, 11, 21)


def field(kind: str, **more: object) -> Field:
    return Field("f", Label("字段", "Field"), kind=kind, **more)  # type: ignore[arg-type]


HAZARDS = field("choices", choices=("高处坠落", "坍塌", "物体打击"))
LEVEL = field("choice", choices=("一般事故隐患", "重大事故隐患"))
TREE = field("category", categories=("环境", "环境/水", "安全", "安全/水", "安全/消防"))
FIELDS = [
    HAZARDS,
    LEVEL,
    TREE,
    field("money", unit="万元"),
    field("money", unit="元"),
    field("number", unit="天", decimals=0),
    field("number", unit="%"),
    field("text", visibility="sealed"),
    field("longtext", original=True),
    *(field(kind) for kind in FIELD_KINDS if kind not in ("choice", "choices", "category", "money")),
]


def read(item: Field, raw: Raw) -> Parsed:
    answer = parse(item, raw, today=TODAY)
    assert isinstance(answer, Parsed), answer
    return answer


def value(item: Field, raw: Raw) -> Value | None:
    return read(item, raw).value


def codes(item: Field, raw: Raw) -> list[str]:
    return [remark.code for remark in read(item, raw).remarks]


def error(item: Field, raw: Raw) -> FieldError:
    answer = parse(item, raw, today=TODAY)
    assert isinstance(answer, FieldError), answer
    assert answer.message.zh
    assert answer.message.en
    return answer


@pytest.mark.parametrize(
    ("kind", "unit", "raw", "expected"),
    [
        ("money", "万元", "3000万", "3000"),
        ("money", "元", "3000万", "30000000"),
        ("money", "万元", "17.8万元", "17.8"),
        ("money", "亿元", "17.8万元", "0.00178"),
        ("money", "元", "1,234.50", "1234.5"),
        ("money", "元", "￥１，２３４", "1234"),
        ("money", "万元", 99525, "99525"),
        ("money", "万元", "99525元", "9.9525"),
        ("money", "万元", 0.1 + 0.2, "0.3"),
        ("money", "元", Decimal("12.340"), "12.34"),
        ("number", "", "-0.0", "0"),
        ("number", "", "5.5%", "0.055"),
        ("number", "%", "5.5%", "5.5"),
        ("number", "天", "84天", "84"),
        ("number", "月", "24个月", "24"),
        ("number", "万元", "5万元", "5"),
        ("number", "", "3万", "30000"),
    ],
)
def test_amounts_are_exact_in_the_declared_unit(kind: str, unit: str, raw: Raw, expected: str) -> None:
    answer = read(field(kind, unit=unit, decimals=10), raw)
    assert (answer.value, answer.remarks) == (expected, ())


@pytest.mark.parametrize("raw", ["约3亿", "近3亿元", "3亿以上", "3亿余元", "超过3亿", "3亿左右"])
def test_a_qualified_amount_is_kept_as_a_doubt_with_its_words(raw: str) -> None:
    answer = read(field("money", unit="万元"), raw)
    assert (answer.value, answer.text, answer.is_doubtful) == ("30000", raw, True)
    assert codes(field("money", unit="万元"), raw) == ["not_exact"]


@pytest.mark.parametrize("raw", ["1,23", "三千", "12岁", "--5", "1 234", "abc", "1.2.3", "5$", True, TODAY])
def test_what_is_no_amount_is_refused(raw: Raw) -> None:
    assert error(field("money", unit="元"), raw).code in ("not_a_number", "wrong_unit")


@pytest.mark.parametrize(
    "raw", ["1" * 31, "12345678901234567890123456789亿元", Decimal("5.5E-31"), Decimal("0." + "12" * 60)]
)
def test_more_digits_than_can_be_kept_are_refused_and_never_rounded(raw: Raw) -> None:
    assert error(field("money", unit="元"), raw).code in ("out_of_range", "not_a_number")


def test_more_decimals_than_declared_are_kept_and_remarked_on() -> None:
    answer = read(field("money", unit="万元", decimals=2), "1.23456")
    assert (answer.value, answer.is_doubtful) == ("1.23456", False)
    assert answer.remarks[0].code == "many_decimals"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10))
def test_money_is_never_rounded(amount: Decimal) -> None:
    for unit, factor in (("元", 1), ("万元", 10**4), ("亿元", 10**8)):
        got = value(field("money", unit=unit), f"{amount:f}元")
        assert isinstance(got, str)
        assert Decimal(got) * factor == amount


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("date", "2017.03.02", "2017-03-02"),
        ("date", 43613, "2019-05-28"),
        ("date", 43613.0, "2019-05-28"),
        ("date", "43613", "2019-05-28"),
        ("date", date(2019, 5, 28), "2019-05-28"),
        ("date", datetime(2019, 5, 28), "2019-05-28"),
        ("datetime", "2019/4/25 9:32:09", "2019-04-25T09:32:09"),
        ("datetime", datetime(2019, 4, 8, 8, 37, 20, 5), "2019-04-08T08:37:20"),
    ],
)
def test_dates_of_every_origin_become_iso_text(kind: str, raw: Raw, expected: str) -> None:
    assert read(field(kind), raw) == Parsed(expected)


def test_the_1904_system_is_heeded() -> None:
    answer = parse(field("date"), 42151, today=TODAY, date1904=True)
    assert answer == Parsed("2019-05-28")


@pytest.mark.parametrize("raw", ["11月底前", "立行立改", "长期坚持", "2026年11月", 2026.11])
def test_an_imprecise_date_keeps_its_text_and_asks_for_a_day(raw: Raw) -> None:
    answer = read(field("date"), raw)
    assert answer.value is None
    assert answer.text == str(raw)
    assert [remark.code for remark in answer.remarks] == ["date_asked_for"]
    assert answer.is_doubtful


def test_doubtful_years_and_left_out_times_are_said() -> None:
    assert codes(field("date"), "19.5.28") == ["two_digit_year"]
    assert codes(field("date"), "1949-10-01") == ["year_unlikely"]
    assert codes(field("date"), "2062-10-01") == ["year_unlikely"]
    assert codes(field("datetime"), "2019-05-28") == ["time_missing"]
    answer = read(field("date"), "2019/4/25 9:32:09")
    assert (answer.value, answer.text, answer.is_doubtful) == ("2019-04-25", "2019-04-25 09:32:09", False)


@pytest.mark.parametrize("raw", ["2月30日", "2019-02-29", "abc", True, -5, 60, date(1800, 1, 1)])
def test_an_impossible_date_is_refused(raw: Raw) -> None:
    assert error(field("date"), raw).code == "not_a_date"


@pytest.mark.parametrize("kind", ["text", "contact", "number", "money", "date", "longtext", "choice"])
@pytest.mark.parametrize(
    "raw",
    [
        123456789012345678.0,
        1e17,
        10**15,
        "1.23E+17",
        "１.２３Ｅ＋１７",
        "6.22202E+18",
        float("nan"),
        float("inf"),
        10**400,
    ],
)
def test_a_number_excel_damaged_is_refused_with_the_cure(kind: str, raw: Raw) -> None:
    more: dict[str, object] = (
        {"choices": ("甲",)} if kind == "choice" else {"unit": "元"} if kind == "money" else {}
    )
    found = error(field(kind, **more), raw)
    assert found.code == "damaged_by_excel"
    assert "Excel" in found.message.zh
    assert "文本" in found.message.zh


def test_a_long_number_kept_as_text_is_whole_and_one_ending_in_zeros_is_doubted() -> None:
    assert read(field("text"), "110105194912310021") == Parsed("110105194912310021")
    assert codes(field("text"), "110105194912310000") == ["digits_lost"]
    assert value(field("text"), 2549.0) == "2549"
    assert value(field("text"), 999_999_999_999_999.0) == "999999999999999"


def test_a_date_in_a_text_column_is_doubted() -> None:
    assert read(field("text"), date(2019, 3, 1)).value == "2019-03-01"
    assert codes(field("text"), date(2019, 3, 1)) == ["date_in_text"]


@pytest.mark.parametrize(
    ("kind", "most"), [("text", 500), ("place", 500), ("contact", 500), ("longtext", 30_000)]
)
def test_text_too_long_is_refused_and_never_cut(kind: str, most: int) -> None:
    assert value(field(kind), "长" * most) == "长" * most
    found = error(field(kind), "长" * (most + 1))
    assert found.code == "too_long"


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: f"{item.kind}{item.unit}")
@pytest.mark.parametrize(
    ("raw", "code"),
    [("a\0b", "not_storable"), ("\ud800", "not_storable"), ("#REF!", "sheet_error"), ("#N/A", "sheet_error")],
)
def test_what_no_field_can_take_is_refused_by_every_kind(item: Field, raw: str, code: str) -> None:
    assert error(item, raw).code == code


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: f"{item.kind}{item.unit}")
@pytest.mark.parametrize(
    "raw", [None, "", "  \n", "\u3000\u3000", "\u200b", "\ufeff \u2003", [], [None, " "], ()]
)
def test_blank_is_blank_for_every_kind(item: Field, raw: Raw) -> None:
    assert read(item, raw) == Parsed(None)


def test_white_space_around_text_goes_and_stays_in_an_original() -> None:
    assert value(field("text"), "\u3000某壬六\n") == "某壬六"
    assert value(field("longtext"), " 甲\n\n乙\n") == "甲\n\n乙"
    assert value(field("longtext", original=True), "\n\t\u3000书记您好\n") == "\n\t\u3000书记您好\n"


@pytest.mark.parametrize(
    "raw",
    [
        "坍塌、物体打击",
        "坍塌，物体打击",
        "坍塌；物体打击、坍塌",
        "坍塌/物体打击",
        "坍塌\n 物体打击 ",
        ["坍塌", "物体打击"],
        " 坍塌,物体打击,",
    ],
)
def test_several_values_in_one_cell_are_parted(raw: Raw) -> None:
    assert read(HAZARDS, raw) == Parsed(("坍塌", "物体打击"))


def test_separators_alone_are_no_value() -> None:
    assert value(HAZARDS, "、") is None
    assert value(field("units"), "；") is None


def test_units_are_parted_and_one_unit_with_several_names_is_doubted() -> None:
    assert value(field("units"), "市水利局、县住建局；县住建局") == ("市水利局", "县住建局")
    assert codes(field("unit"), "市水利局、县住建局") == ["several_units"]
    assert read(field("unit"), "市水利局 ") == Parsed("市水利局")


def test_a_choice_is_taken_by_its_words_or_their_beginning_and_else_refused_with_the_choices() -> None:
    assert read(LEVEL, " 重大事故隐患") == Parsed("重大事故隐患")
    answer = read(LEVEL, "重大")
    assert (answer.value, answer.is_doubtful) == ("重大事故隐患", False)
    assert "一般事故隐患" in error(LEVEL, "特大").message.zh
    assert error(HAZARDS, "坍塌、雷击").code == "not_a_choice"


def test_an_unfinished_word_is_never_taken_for_its_opposite() -> None:
    states = field("choice", choices=("整改到位", "移交"))
    for word in ("未整改到位", "改到位", "整"):
        assert error(states, word).code == "not_a_choice"


def test_a_category_is_found_by_path_or_by_a_name_that_is_unique() -> None:
    assert value(TREE, "安全/水") == "安全/水"
    assert value(TREE, "安全 > 水") == "安全/水"
    assert value(TREE, "消防") == "安全/消防"
    assert value(TREE, "环境") == "环境"
    assert "环境/水" in error(TREE, "水").message.zh
    assert error(TREE, "交通").code == "not_a_category"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("是", True),
        ("√", True),
        (1.0, True),
        ("Y", True),
        (True, True),
        ("否", False),
        ("无", False),
        ("×", False),
        (0, False),
    ],
)
def test_yes_and_no_are_read_in_the_usual_words(raw: Raw, expected: bool) -> None:
    assert value(field("yesno"), raw) is expected


def test_anything_else_is_neither_yes_nor_no() -> None:
    assert error(field("yesno"), "部分").code == "not_yes_or_no"


@pytest.mark.parametrize("raw", ["/", "—", "无", "暂无", "N/A"])
def test_marks_for_nothing_are_nothing_where_a_text_would_make_no_sense(raw: str) -> None:
    for item in (LEVEL, HAZARDS, TREE, field("date"), field("number"), field("unit")):
        answer = read(item, raw)
        assert (answer.value, answer.text, answer.is_doubtful) == (None, raw, False)
    assert value(field("text"), raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "138 0013 8000",
        "+86 13800138000",
        "010-62345678",
        "（010）62345678转801",
        "12345",
        "11010519491231002X",
        13800138000.0,
        "张三 13800138000",
        "某镇某村3组",
    ],
)
def test_plausible_contacts_pass_without_remark(raw: Raw) -> None:
    assert codes(field("contact"), raw) == []


@pytest.mark.parametrize("raw", ["1380013800", "23800138000", "123456789"])
def test_an_implausible_number_is_only_remarked_on(raw: str) -> None:
    answer = read(field("contact"), raw)
    assert answer.value == raw
    assert [remark.code for remark in answer.remarks] == ["contact_unlikely"]


@given(st.text("甲乙丙0123456789约年月日、", min_size=5, max_size=600))
def test_messages_about_sealed_content_never_repeat_it(text: str) -> None:
    for item in (
        field("contact"),
        field("number", visibility="sealed"),
        field("date", visibility="sealed"),
        field("choice", choices=("丁",), visibility="sealed"),
    ):
        answer = parse(item, text, today=TODAY)
        messages = (
            [answer.message]
            if isinstance(answer, FieldError)
            else [remark.message for remark in answer.remarks]
        )
        assert not any(text[:5] in f"{message.zh}{message.en}" for message in messages)


def test_several_values_are_refused_where_one_is_asked_for() -> None:
    assert error(field("text"), ["甲", "乙"]).code == "several"
    assert value(field("text"), ["甲", None]) == "甲"


def test_a_file_is_attached_and_never_typed() -> None:
    answer = read(field("file"), "照片1.jpg")
    assert (answer.value, answer.text, answer.is_doubtful) == (None, "照片1.jpg", True)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.sampled_from(
        [Decimal("1E-400"), Decimal("0E+400"), Decimal("0." + "12" * 60), Decimal("9E+99999999")]
    )
    | st.text(max_size=40)
    | st.text("0123456789.,-+%年月日 约万亿元E/、是否", max_size=20)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
)


@given(st.sampled_from(FIELDS), SCALARS | st.lists(SCALARS, max_size=4), st.booleans())
def test_nothing_ever_escapes_and_what_is_taken_is_plain_and_sound(
    item: Field, raw: Raw, date1904: bool
) -> None:
    answer = parse(item, raw, today=TODAY, date1904=date1904)
    assert isinstance(answer, Parsed | FieldError)
    if isinstance(answer, Parsed) and answer.value is not None:
        assert answer.value not in ("", ())
        assert not isinstance(answer.value, float)
        json.dumps(answer.value)
        if item.kind != "file":
            assert problem_with(item, answer.value) is None, answer


@given(st.sampled_from(FIELDS), SCALARS)
def test_what_is_shown_is_read_back_the_same(item: Field, raw: Raw) -> None:
    """parse ∘ format ∘ parse = parse, in both languages."""
    first = parse(item, raw, today=TODAY)
    if isinstance(first, FieldError) or first.value is None or item.original:
        return
    for language in ("zh", "en"):
        shown = format_value(item, first.value, language)  # type: ignore[arg-type]
        again = parse(item, shown, today=TODAY)
        assert isinstance(again, Parsed), (shown, again)
        assert again.value == first.value


@pytest.mark.parametrize(
    ("item", "kept", "zh", "en"),
    [
        (field("money", unit="万元"), "1234.5", "1234.5万元", "1234.5 万元"),
        (field("number", unit="%"), "5.5", "5.5%", "5.5%"),
        (field("date"), "2019-05-28", "2019-05-28", "2019-05-28"),
        (field("datetime"), "2019-04-25T09:32:09", "2019-04-25 09:32:09", "2019-04-25 09:32:09"),
        (field("yesno"), True, "是", "yes"),
        (field("yesno"), False, "否", "no"),
        (HAZARDS, ("坍塌", "高处坠落"), "坍塌、高处坠落", "坍塌, 高处坠落"),
        (field("contact"), SealedRef(uuid4(), "ab"), "〔已密封〕", "[sealed]"),
        (field("text"), None, "", ""),
    ],
)
def test_values_are_shown_in_both_languages(item: Field, kept: Value | None, zh: str, en: str) -> None:
    assert (format_value(item, kept, "zh"), format_value(item, kept, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (field("date"), "2019-5-28"),
        (field("date"), "2019-02-30"),
        (field("date"), "11月底前"),
        (field("datetime"), "2019-05-28"),
        (field("number"), "1.50"),
        (field("number"), "007"),
        (field("number"), "-0"),
        (field("number"), "1e5"),
        (field("number"), 5),
        (field("yesno"), "是"),
        (LEVEL, "特大"),
        (HAZARDS, ("坍塌", "坍塌")),
        (HAZARDS, ()),
        (HAZARDS, "坍塌"),
        (TREE, "水"),
        (field("text"), " "),
        (field("text"), True),
        (field("text"), "a\0"),
        (field("text"), "长" * 501),
        (field("units"), ("甲", "")),
        (field("file"), "x"),
        (field("text"), SealedRef(uuid4(), "ab")),
    ],
)
def test_values_out_of_form_may_not_stand_in_an_event(item: Field, kept: Value) -> None:
    assert problem_with(item, kept) is not None


def test_a_reference_may_stand_where_the_field_is_sealed() -> None:
    assert problem_with(field("contact"), SealedRef(uuid4(), "ab")) is None


def test_words_that_name_no_day_are_kept_in_a_date_field() -> None:
    field = Field("due", Label("时限"), kind="date")
    kept = imprecise("11月底前")
    assert problem_with(field, kept) is None
    assert format_value(field, kept) == "11月底前"
    assert problem_with(field, "11月底前") is not None
    assert problem_with(field, imprecise(" ")) is not None
