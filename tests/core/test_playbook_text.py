"""Reading a playbook's text: what is read, and how every fault is named with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.core.playbook_keys import KEYS, REPEATED
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_text import belongs, playbook_sha, read_playbook
from taizhang.core.toml_lines import toml_lines
from tests.core.playbooks import SOUND, line_of, sound, with_change


def problems(texts: dict[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(PlaybookRefused) as refused:
        read_playbook(texts)
    return refused.value.problems


def only_problem(texts: dict[str, str]) -> Problem:
    found = problems(texts)
    assert len(found) == 1, [problem.text("zh") for problem in found]
    return found[0]


def test_a_sound_playbook_is_read_whole() -> None:
    playbook = read_playbook(sound())
    assert (playbook.key, playbook.version, str(playbook.name)) == ("small", "1", "小方案")
    assert playbook.field_standing_for("title") == playbook.fields[0]
    assert playbook.fields[1].is_sealed
    assert playbook.first_stage == "registered"
    assert playbook.stage_of["registered"].clock_days == 3
    assert playbook.stage_of["working"].clock_days is None
    assert playbook.briefing == sound()["papers/briefing.txt"]
    assert str(playbook.entry_word) == "条目"
    assert playbook.entry_word.text("en") == "entry"


def test_open_means_every_stage_that_is_no_end() -> None:
    playbook = read_playbook(sound())
    comment = next(move for move in playbook.moves if move.verb == "comment")
    assert comment.from_stages == {"registered", "working", "reported", "verified"}
    assert playbook.metrics[0].stages == ("registered", "working", "reported", "verified")


def test_a_claimed_entry_can_be_sent_to_verification() -> None:
    playbook = read_playbook(sound())
    move = playbook.move("send_claim", CLAIMED_STAGE)
    assert move is not None
    assert move.to == "reported"


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('label = "标题"', 'label = "标题"\nrequierd = true', "field.title.requierd", "required"),
        ('kind = "contact"', 'kind = "contct"', "field.phone.kind", "contact"),
        ("required = true", 'required = "yes"', "field.title.required", "true"),
        ('clock = "3 自然日"', 'clock = "3 工作日"', "stage.registered.clock", "自然日"),
        ('clock = "3 自然日"', 'clock = "0 自然日"', "stage.registered.clock", "自然日"),
        ('key = "phone"', 'key = "title"', "field.title.key", "两次"),
        ('key = "phone"', 'key = "Phone"', "field.Phone.key", "小写"),
        ('key = "phone"', 'key = "due_on"', "field.due_on.key", "stands_for"),
        ('duty = "verify"', 'duty = "verfy"', "role.verifier.duty", "verify"),
        ('needs = ["reason"]', 'needs = ["raison"]', "move.fail.needs", "reason"),
        ('from = ["registered"]\n', "", "move.assign.from", "from"),
        ('to = "working"\n', "", "move.assign.to", "to"),
        ('label = "登记"\nto', 'label = "登记"\nfrom = "open"\nto', "move.register.from", "删去"),
        ('from = "open"\nwho', 'from = "open"\nto = "working"\nwho', "move.comment.to", "删去"),
        ("[sheet]", '[number]\npattern = "{serial}-{month}"\n[sheet]', "number.pattern", "{year}"),
        ("[sheet]", '[number]\npattern = "{serial"\n[sheet]', "number.pattern", "{year}"),
        ("schema = 1", "schema = 2", "playbook.schema", "schema = 1"),
        ('text = "papers/briefing.txt"', 'text = "papers/other.txt"', "briefing.text", "other.txt"),
        ('kind = "contact"', 'kind = "choice"', "field.phone.choices", "choices"),
        ('kind = "contact"', 'kind = "money"', "field.phone.unit", "单位"),
        ('kind = "contact"', 'kind = "contact"\nvisibility = "public"', "field.phone.visibility", "密封"),
        (
            'kind = "contact"',
            'kind = "category"\ncategories = "tree.csv"',
            "field.phone.categories",
            "tree.csv",
        ),
        ('kind = "contact"', 'kind = "choices"\nchoices = ["火灾、爆炸"]', "field.phone.choices", "顿号"),
        ("[briefing]", "[breifing]\n[briefing]", "breifing", "briefing"),
    ],
)
def test_a_fault_is_named_with_its_key_and_line(old: str, new: str, key: str, words: str) -> None:
    texts = with_change(old, new)
    found = only_problem(texts)
    assert found.key == key
    assert words in found.message.zh
    assert found.message.en
    assert (
        found.message.en.isascii()
        or "自然日" in found.message.en
        or "元" in found.message.en
        or "、" in found.message.en
    )
    name = key.rpartition(".")[2]
    line = texts["playbook.toml"].split("\n")[found.line - 1]
    assert line.startswith((f"{name} =", "[")), (found.line, line)
    heads = [above for above in texts["playbook.toml"].split("\n")[: found.line] if above.startswith("[")]
    assert heads[-1].strip("[]") == key.split(".", maxsplit=1)[0]


def test_every_problem_is_said_at_once() -> None:
    texts = sound() | {
        "playbook.toml": SOUND.replace("schema = 1", "schema = 9")
        .replace('kind = "contact"', 'kind = "fax"')
        .replace('duty = "close"', 'dutty = "close"')
    }
    assert [problem.key for problem in problems(texts)] == [
        "playbook.schema",
        "field.phone.kind",
        "role.closer.duty",
        "role.closer.dutty",
    ]


def test_a_missing_table_is_named() -> None:
    assert {problem.key for problem in problems({"playbook.toml": "[list]\ncolumns = []\n"})} == {
        "playbook", "field", "stage", "role", "move",
    }  # fmt: skip


def test_a_table_written_once_instead_of_repeated_is_named() -> None:
    assert "[[field]]" in problems({"playbook.toml": "[field]\nkey = 'a'\n"})[0].message.zh + "".join(
        problem.message.zh for problem in problems({"playbook.toml": "[field]\nkey = 'a'\n"})
    )


@pytest.mark.parametrize(("text", "line"), [("[playbook]\nkey = \n", 2), ("a = 1\na = 2\n", 2), ('x = "', 1)])
def test_text_that_is_no_toml_is_refused_with_tomllibs_line(text: str, line: int) -> None:
    found = only_problem({"playbook.toml": text})
    assert (found.file, found.line, found.key) == ("playbook.toml", line, "TOML")


def test_a_folder_without_its_main_file_is_refused() -> None:
    assert only_problem({"papers/briefing.txt": "x"}).key == "playbook.toml"


def test_text_the_database_cannot_hold_is_refused() -> None:
    assert only_problem(sound() | {"papers/briefing.txt": "a\0b"}).file == "papers/briefing.txt"


def test_the_mark_an_editor_puts_before_utf8_does_not_matter() -> None:
    assert read_playbook(sound() | {"playbook.toml": "\ufeff" + SOUND}).key == "small"


CATEGORY = 'kind = "category"\ncategories = "tree.csv"'


def categories(csv: str) -> tuple[str, ...]:
    texts = with_change('kind = "contact"', CATEGORY) | {"tree.csv": csv}
    return read_playbook(texts).fields[1].categories


def test_a_category_tree_is_read_with_parents_before_children() -> None:
    assert categories("一级,二级\n环境,水\n环境,气\n安全,水\n") == (
        "环境",
        "环境/水",
        "环境/气",
        "安全",
        "安全/水",
    )


def test_empty_leading_cells_repeat_the_row_above() -> None:
    assert categories('一级,二级,三级\r\n环境,水,"河,湖"\r\n,,井\r\n,气\r\n') == (
        "环境", "环境/水", "环境/水/河,湖", "环境/水/井", "环境/气",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("csv", "line", "words"),
    [("级\n环境\n环境\n", 3, "两次"), ("级,级\n水/气,x\n", 2, "分隔符"), ("级,级,级\n环境,,x\n", 2, "空")],
)
def test_a_category_table_that_is_no_tree_is_refused_with_its_row(csv: str, line: int, words: str) -> None:
    found = only_problem(with_change('kind = "contact"', CATEGORY) | {"tree.csv": csv})
    assert (found.file, found.line) == ("tree.csv", line)
    assert words in found.message.zh


def test_categories_may_be_listed_in_place() -> None:
    texts = with_change('kind = "contact"', 'kind = "category"\ncategories = ["环境/水/河", "安全"]')
    assert read_playbook(texts).fields[1].categories == ("环境", "环境/水", "环境/水/河", "安全")


def test_the_hash_covers_every_text_that_belongs_and_no_other() -> None:
    texts = sound() | {"tree.csv": "级\n水\n"}
    sha = playbook_sha(texts)
    assert read_playbook(texts).sha == sha
    assert playbook_sha(dict(reversed(texts.items()))) == sha
    assert playbook_sha(texts | {"README.md": "read me", "papers/deep/x.txt": "no"}) == sha
    for name in texts:
        assert playbook_sha(texts | {name: texts[name] + " "}) != sha
    one = {"papers/briefing.txt": "x", "playbook.toml": "y"}
    assert playbook_sha(one) != playbook_sha({"papers/briefing.txt": "xplaybook.tomly"})


def test_only_texts_of_the_folder_belong() -> None:
    assert [name for name in ("playbook.toml", "papers/a.txt", "t.csv", "README.md", "papers/a.csv", "x/t.csv") if belongs(name)] == [
        "playbook.toml", "papers/a.txt", "t.csv",
    ]  # fmt: skip


def test_lines_are_found_past_multi_line_values_and_lookalikes() -> None:
    text = (
        'a = """\n[[field]]\nkey = 1\n"""\n'
        "[[field]]  # ]\n"
        'list = [\n  [1],\n  \'[x]\', # [[field]]\n  "]\\"",\n]\n'
        'other = 1\n[[field]]\n"quoted" = {x = [1]}\nlast = 2\n[a.b]\nc = 3\n'
    )
    lines = toml_lines(text)
    assert lines[("field", 0)] == 5
    assert lines[("field", 0, "other")] == 11
    assert lines[("field", 1, "quoted")] == 13
    assert lines[("field", 1, "last")] == 14
    assert lines[("a", "b", "c")] == 16
    assert ("field", 2) not in lines


def test_lines_of_the_sound_playbook_are_where_a_reader_finds_them() -> None:
    lines = read_playbook(sound()).lines
    assert lines[("field", 1, "kind")] == line_of(SOUND, 'kind = "contact"')
    assert lines[("move", 5, "to")] == line_of(SOUND, 'to = "struck"')


@given(st.text(max_size=200))
def test_any_text_that_is_no_playbook_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(PlaybookRefused) as refused:
        read_playbook({"playbook.toml": text})
    assert refused.value.problems


KEY_NAMES = sorted({key for keys in KEYS.values() for key in keys})
VALUES = st.sampled_from(
    ["1", "-1", "true", '""', '"x"', '"open"', "[]", '["x"]', "[1]", "{}", "2026-01-01", "1.5", "[[]]"]
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(KEYS)), st.booleans(), st.dictionaries(st.sampled_from(KEY_NAMES), VALUES)
        )
    )
)
def test_any_shape_of_table_is_read_or_refused_and_nothing_else(
    written: list[tuple[str, bool, dict[str, str]]],
) -> None:
    tables = (f"[[{name}]]\n" if twice else f"[{name}]\n" for name, twice, _ in written)
    text = "".join(
        head + "".join(f"{key} = {value}\n" for key, value in keys.items())
        for head, (_, _, keys) in zip(tables, written, strict=True)
    )
    with pytest.raises(PlaybookRefused):
        read_playbook({"playbook.toml": text})


def documented_keys() -> dict[str, set[str]]:
    """Keys by table as docs/playbooks.md lists them under its headings."""
    text = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading = re.match(r"`(\[\[?)(\w+)\]\]?`", section)
        if heading:
            assert (heading[1] == "[[") == (heading[2] in REPEATED), (
                f"{heading[2]} is written with the wrong brackets"
            )
            first_table = section.split("\n\n| key |", 1)[-1].split("\n\n", 1)[0]
            found[heading[2]] = set(re.findall(r"^\| `(\w+)` \|", first_table, flags=re.MULTILINE))
    return found


def test_every_key_is_documented_and_every_documented_key_is_known() -> None:
    assert documented_keys() == {table: set(keys) for table, keys in KEYS.items()}


def test_every_word_a_key_allows_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")
    words = {word for keys in KEYS.values() for key in keys.values() for word in key.words}
    assert {word for word in words if f"`{word}`" not in text} == set()
