"""The playbooks that come with the package: sound, different, and able to take the sheets they are for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from taizhang.core.categories import category_tree
from taizhang.core.field_readers import plain
from taizhang.core.fields import FieldError, Parsed, parse
from taizhang.core.playbook import CLAIMED_STAGE, VERBS, Playbook
from taizhang.core.playbook_check import burden, check, proven
from taizhang.core.playbook_draw import mermaid
from tests.core.playbooks import shipped

KEYS = ["council", "hazard", "inspections", "messages", "problems"]
SAMPLES = Path(__file__).parents[3] / "shared" / "data"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample files in ../shared are not here")
TODAY = date(2026, 11, 21)


def playbook(key: str) -> Playbook:
    return proven(shipped(key))


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_playbook_is_proved(key: str) -> None:
    found = playbook(key)
    assert check(found) == ()
    assert found.key == key


def test_nothing_else_is_shipped() -> None:
    folder = Path(__file__).parents[2] / "taizhang" / "playbooks"
    assert sorted(path.name for path in folder.iterdir() if (path / "playbook.toml").exists()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_each_comes_with_a_readme_and_names_in_both_languages(key: str) -> None:
    texts = shipped(key)
    assert texts["README.md"].startswith("# ")
    found = playbook(key)
    for label in (
        found.name,
        found.entry_word,
        *(item.label for item in found.fields),
        *(item.label for item in found.stages),
        *(item.label for item in found.roles),
        *(item.label for item in found.moves),
        *(item.label for item in found.metrics),
    ):
        assert label.zh
        assert label.en


def test_they_differ_in_words_stages_fields_and_roles() -> None:
    books = [playbook(key) for key in KEYS]
    assert len({str(book.entry_word) for book in books}) == len(KEYS)
    for one in books:
        for other in books:
            if one is not other:
                assert {str(item.label) for item in one.stages} != {str(item.label) for item in other.stages}
                assert {str(item.label) for item in one.roles}.isdisjoint(
                    str(item.label) for item in other.roles
                ) or "problems" in (one.key, other.key)
                assert len(set(one.field_of) - set(other.field_of)) >= 3


def test_together_they_use_every_verb() -> None:
    assert {move.verb for key in KEYS for move in playbook(key).moves} == set(VERBS)


@pytest.mark.parametrize("key", KEYS)
def test_a_claim_can_be_sent_to_verification_and_is_counted_on_its_own(key: str) -> None:
    found = playbook(key)
    move = found.move("send_claim", CLAIMED_STAGE)
    assert move is not None
    assert found.stage_of[move.to or ""].kind == "done"
    assert [metric for metric in found.metrics if metric.stages == (CLAIMED_STAGE,)]
    assert "{claimed}" in found.briefing


@pytest.mark.parametrize("key", KEYS)
def test_no_stage_asks_more_of_a_township_than_one_act_and_three_things(key: str) -> None:
    for item in burden(playbook(key)):
        assert item.signatures <= 1
        assert len(item.fields) + item.files <= 3


@pytest.mark.parametrize("key", KEYS)
def test_the_loop_can_be_drawn(key: str) -> None:
    found = playbook(key)
    drawn = mermaid(found, "en")
    assert all(f"s_{stage.key}" in drawn for stage in found.stages)


def test_people_in_messages_are_sealed() -> None:
    found = playbook("messages")
    assert {item.key for item in found.fields if item.is_sealed} == {"writer", "phone", "original", "reply"}
    assert found.field_of["original"].original


def rows(file: str, header: int, first: int, last: int | None = None) -> tuple[list[str], list[list[object]]]:
    (path,) = SAMPLES.glob(file)
    grid = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [str(cell) for cell in grid[header]], [list(row) for row in grid[first:last]]


@needs_samples
@pytest.mark.parametrize(
    ("key", "file", "header", "first", "last", "count"),
    [
        ("hazard", "ledgers/宜都*2019.06.xlsx", 2, 3, 41, 38),
        ("messages", "messages/附件4_示例.xlsx", 0, 1, None, 120),
        ("messages", "messages/附件3_示例.xlsx", 0, 1, None, 30),
    ],
)
def test_the_sample_sheets_are_taken_whole(
    key: str, file: str, header: int, first: int, last: int | None, count: int
) -> None:
    """Every filled column meets a field, every cell is read, nothing is doubtful, and no required field is empty."""
    found = playbook(key)
    answering = {plain(word): item for item in found.fields for word in (item.label.zh, *item.synonyms)}
    labels, data = rows(file, header, first, last)
    assert len(data) == count
    named = {place: label for place, label in enumerate(labels) if label.strip()}
    assert set(map(plain, named.values())) <= set(answering)
    for row in data:
        values = {}
        for place, label in named.items():
            item = answering[plain(label)]
            answer = parse(item, row[place], today=TODAY)  # type: ignore[arg-type]
            assert not isinstance(answer, FieldError), (label, row[place], answer)
            assert not answer.is_doubtful
            values[item.key] = answer.value
        assert all(values[item.key] for item in found.fields if item.required)


@needs_samples
def test_the_sample_hazards_all_claim_to_be_closed_in_words_the_playbook_knows() -> None:
    found = playbook("hazard")
    labels, data = rows("ledgers/宜都*2019.06.xlsx", 2, 3, 41)
    place = labels.index("隐患状态")
    assert {row[place] for row in data} <= set(found.sheet.closed_words)


@needs_samples
def test_the_inspection_date_in_a_general_cell_is_28_may() -> None:
    answer = parse(playbook("hazard").field_of["found_on"], 43613.0, today=TODAY)
    assert answer == Parsed("2019-05-28")


@needs_samples
def test_the_label_system_loads_as_a_tree_of_15_118_and_517_nodes() -> None:
    labels, data = rows("messages/附件1_标签体系.xlsx", 0, 1)
    tree = category_tree([labels, *[[str(cell) for cell in row] for row in data]])
    levels = Counter(path.count("/") for path in tree)
    assert (levels[0], levels[1], levels[2]) == (15, 118, 517)
    names = [{path.rpartition("/")[2] for path in tree if path.count("/") == level} for level in (1, 2)]
    assert [len(level) for level in names] == [103, 390]


def test_usual_columns_of_a_problem_ledger_meet_a_field() -> None:
    found = playbook("problems")
    known = {plain(word) for item in found.fields for word in (item.label.zh, *item.synonyms)}
    usual = [
        "编号",
        "问题来源",
        "问题描述",
        "地点",
        "发现时间",
        "问题类别/等级",
        "责任单位",
        "责任领导",
        "责任人及电话",
        "整改措施",
        "整改时限",
        "整改进展",
        "整改成效/佐证",
        "是否销号",
        "销号时间",
        "验收人",
        "回头看情况",
        "备注",
    ]
    assert [label for label in usual if plain(label) not in known] == []


def test_who_is_written_as_having_checked_is_text_only() -> None:
    assert playbook("problems").field_of["checked_by"].kind == "text"
    assert playbook("hazard").field_of["rechecked_by"].kind == "text"
