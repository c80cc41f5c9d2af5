# ruff: noqa: DTZ001 - times are of the site's zone and carry none
"""Drafts from sheets: always sound, always able to take the sheet they came from, and honest about their guesses."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.core.fields import FieldError, parse
from taizhang.core.parsed import Scalar
from taizhang.core.playbook import Field, Playbook
from taizhang.core.playbook_check import proven
from taizhang.core.playbook_draft import Draft
from taizhang.core.playbook_infer import Column, draft, infer
from taizhang.core.wording import Label

TODAY = date(2026, 11, 21)


def drafted(*columns: tuple[str, list[Scalar]]) -> Playbook:
    return proven(draft("drafted", "某台账", [Column(label, samples) for label, samples in columns]))


def field_called(playbook: Playbook, label: str) -> Field:
    return next(item for item in playbook.fields if item.label.zh == label)


TITLE: tuple[str, list[Scalar]] = ("问题描述", ["路面破损", "井盖缺失", "垃圾堆积"])


@pytest.mark.parametrize(
    ("label", "samples", "kind"),
    [
        ("整改时限", ["2026.11.21", "11月底前", "2026年12月1日"], "date"),
        ("发现时间", [43613.0, 43614.0, 43615.0], "date"),
        ("留言时间", ["2019/4/25 9:32:09", datetime(2019, 4, 8, 8, 37, 20), None], "datetime"),
        ("存续天数", [51.0, 84.0, 108.0], "number"),
        ("投资人次", [619.0, 13.0, 9.0], "number"),
        ("存续天数", [51.0, "24个月", "不超过18个月"], "text"),
        ("投资金额", ["3000万", "17.8万", 99525.0], "money"),
        ("工号", ["007", "012", "100"], "text"),
        ("产品编号", [2549.0, 2554.0, 2555.0], "text"),
        ("隐患级别", ["一般", "重大", "一般"] * 4, "choice"),
        ("隐患类型", ["坍塌", "触电", "坍塌、触电"] * 4, "choices"),
        ("是否涉密", ["是", "否", "是"], "yesno"),
        ("责任单位", ["甲局", "乙局", "甲局"], "unit"),
        ("配合单位", ["甲局、乙局", "", "丙局"], "units"),
        ("联系电话", [13800138000.0, "010-62345678", ""], "contact"),
        ("身份证号", ["11010519491231002X", "", ""], "contact"),
        ("来信人", ["某甲", "某乙", "某丙"], "contact"),
        ("整改措施", ["甲" * 200, "乙", "丙"], "longtext"),
        ("责任人", ["某甲", "某乙", "某甲"] * 4, "text"),
        ("空列", [None, "", None], "text"),
    ],
)
def test_kinds_are_guessed_from_header_and_cells(label: str, samples: list[Scalar], kind: str) -> None:
    found = field_called(drafted(("标题", ["甲", "乙", "丙"]), (label, samples)), label)
    assert found.kind == kind


def test_what_stands_for_what_is_found() -> None:
    playbook = drafted(
        ("序号", [1.0, 2.0, 3.0]),
        TITLE,
        ("发现时间", [TODAY] * 3),
        ("责任单位", ["甲局", "乙局", "甲局"]),
        ("整改时限", ["2026.11.21"] * 3),
        ("是否销号", ["是", "否", "已销号"]),
    )
    roles = {item.label.zh: item.stands_for for item in playbook.fields if item.stands_for}
    assert roles == {
        "问题描述": "title",
        "责任单位": "lead_unit",
        "整改时限": "due_on",
        "是否销号": "closure",
    }
    assert playbook.sheet.closed_words == ("是", "已销号")


def test_a_state_that_is_not_closed_is_no_closed_word() -> None:
    playbook = drafted(TITLE, ("整改状态", ["未完成", "已完成", "正在整改"]))
    assert playbook.sheet.closed_words == ("已完成",)


def test_the_serial_number_of_a_sheet_is_never_a_key_nor_a_field() -> None:
    playbook = drafted(("序号", [1.0, 2.0, 3.0]), TITLE)
    assert playbook.sheet.key == ()
    assert [item.label.zh for item in playbook.fields] == ["问题描述"]


def test_a_number_every_row_has_once_is_the_key() -> None:
    assert drafted(("留言编号", [2549.0, 2554.0, 2555.0]), TITLE).sheet.key == ("column_1",)
    assert drafted(("留言编号", [2549.0, 2549.0, 2555.0]), TITLE).sheet.key == ()
    assert drafted(("留言编号", [2549.0, None, 2555.0]), TITLE).sheet.key == ()


def test_what_a_person_wrote_is_sealed_and_gets_a_summary() -> None:
    playbook = drafted(
        ("主题", ["甲", "乙", "丙"]), ("留言详情", ["长" * 90] * 3), ("答复意见", ["网友某甲您好"] * 3)
    )
    assert field_called(playbook, "留言详情").original
    assert field_called(playbook, "答复意见").is_sealed
    assert playbook.field_standing_for("summary") is not None


def test_the_reason_of_each_guess_stands_above_it() -> None:
    text = draft(
        "drafted",
        "某台账",
        [Column("序号", [1.0]), Column("整改时限", ["2026.11.21", "11月底前"]), Column(*TITLE)],
    )["playbook.toml"]
    above = text.split("\n")[text.split("\n").index('label = "整改时限"') - 3]
    assert above.startswith("# ")
    assert "2 格中 1 格" in text or "文字" in above
    assert "序号列只是行号" in text


def test_rows_without_a_title_are_announced() -> None:
    columns = [Column("问题描述", [*["路面破损"] * 19, None])]
    assert "有 1 行空着" in draft("drafted", "某台账", columns)["playbook.toml"]


@pytest.mark.parametrize(
    "columns", [[], [("序号", [1.0])], [("", [])], [("甲", [1.0, 2.0]), ("甲", [3.0, 4.0]), ("", [1.0])]]
)
def test_a_sheet_with_next_to_nothing_still_gives_a_sound_draft(
    columns: list[tuple[str, list[Scalar]]],
) -> None:
    assert drafted(*columns).field_standing_for("title") is not None


def test_a_hostile_header_cannot_write_into_the_draft() -> None:
    playbook = drafted(('x"\n[[role]]\nkey = "evil"\n#', ["a\x7f", 'b"""', "c\\"]), TITLE)
    assert "evil" not in playbook.role_of
    assert len(playbook.fields) == 2


def test_hostile_cells_cannot_write_into_the_draft() -> None:
    words = ["a\x7fb", 'c"\n]', "d\\"]
    found = field_called(drafted(("级别", [*words] * 4), ("问题描述", ["甲"] * 12)), "级别")
    assert found.kind in ("choice", "choices")
    assert "a\x7fb" in found.choices


CELLS = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.dates(date(1950, 1, 1), date(2050, 1, 1))
    | st.text(max_size=12)
    | st.sampled_from(
        ["2026.11.21", "11月底前", "3000万", "是", "否", "已销号", "坍塌、触电", "一般", "立行立改", "5%"]
    )
)
LABELS = st.text(max_size=8) | st.sampled_from(
    [
        "序号",
        "编号",
        "问题",
        "整改时限",
        "责任单位",
        "是否销号",
        "状态",
        "金额（万元）",
        "电话",
        "留言详情",
        "标题",
        "办理摘要（不含来信人身份）",
    ]
)


@settings(max_examples=150)
@given(st.text(max_size=20), st.lists(st.tuples(LABELS, st.lists(CELLS, max_size=9)), max_size=6))
def test_every_draft_is_sound_and_reads_the_cells_it_was_drafted_from(
    name: str, columns: list[tuple[str, list[Scalar]]]
) -> None:
    playbook = proven(draft("drafted", name, [Column(*column) for column in columns]))
    for item in playbook.fields:
        if not item.key.startswith("column_"):
            continue
        kept = [column for column in columns if column[0].strip() == item.label.zh]
        for cell in kept[0][1] if len(kept) == 1 else []:
            answer = parse(item, cell, today=TODAY)
            unfit = ("damaged_by_excel", "not_storable", "sheet_error")
            assert not isinstance(answer, FieldError) or answer.code in unfit, (item, cell, answer)


def test_the_draft_is_two_files_of_a_playbook_folder() -> None:
    texts = draft("drafted", "某台账", [Column(*TITLE)])
    assert set(texts) == {"playbook.toml", "papers/briefing.txt"}
    assert tomllib.loads(texts["playbook.toml"])["playbook"]["name"] == "某台账"


def test_a_column_left_out_of_a_draft_becomes_no_field_and_is_named_in_its_text() -> None:
    made = infer("drafted", "某台账", [Column("序号", [1.0]), Column(*TITLE), Column("天气", ["晴"])])
    assert (made.left_out, [item.field.key for item in made.taken]) == (
        {"column_1"},
        ["column_2", "column_3"],
    )
    fewer = replace(made, left_out=made.left_out | {"column_3"}).texts()
    assert [item.label.zh for item in proven(fewer).fields] == ["问题描述"]
    assert "# 不登记的列：序号、天气。" in fewer["playbook.toml"]


def test_a_draft_is_written_with_its_own_stages_and_the_old_headers_of_its_fields() -> None:
    made: Draft = infer("drafted", "某台账", [Column(*TITLE)])
    (item,) = made.fields
    renamed = replace(item, field=replace(item.field, label=Label("事项"), synonyms=("问题描述",)))
    first = replace(made.stages[0], label=Label("刚来的"), clock="3 自然日")
    changed = replace(made, fields=(renamed,), stages=(first, *made.stages[1:]))
    playbook = proven(changed.texts())
    assert (playbook.fields[0].label.zh, playbook.fields[0].synonyms) == ("事项", ("问题描述",))
    assert (playbook.stages[0].label.zh, playbook.stages[0].clock_days) == ("刚来的", 3)


def test_a_sheet_of_levels_is_drafted_as_a_category_tree() -> None:
    texts = draft(
        "tree",
        "标签体系",
        [
            Column("一级分类", ["城乡建设", "城乡建设", "劳动保障"]),
            Column("二级分类", ["安全生产", "安全生产", "其他"]),
            Column("三级分类", ["事故处理", "其他", "其他"]),
        ],
    )
    playbook = proven(texts)
    (categories,) = [item.categories for item in playbook.fields if item.kind == "category"]
    assert categories == (
        "城乡建设",
        "城乡建设/安全生产",
        "城乡建设/安全生产/事故处理",
        "城乡建设/安全生产/其他",
        "劳动保障",
        "劳动保障/其他",
        "劳动保障/其他/其他",
    )
