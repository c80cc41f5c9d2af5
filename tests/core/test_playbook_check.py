"""What `check` proves: for each rule one playbook that breaks it, named with its line."""

from __future__ import annotations

import re

import pytest

from taizhang.core.playbook_check import burden, check, proven
from taizhang.core.playbook_draw import mermaid
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_text import read_playbook
from tests.core.playbooks import SOUND, line_of, sound, with_change


def faults(texts: dict[str, str]) -> dict[str, Problem]:
    return {problem.key: problem for problem in check(read_playbook(texts))}


def test_the_sound_playbook_is_proved() -> None:
    assert check(read_playbook(sound())) == ()
    assert proven(sound()).key == "small"


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        # names
        ('to = "working"', 'to = "wroking"', "move.assign.to", "working"),
        ('from = ["registered"]', 'from = ["registred"]', "move.assign.from", "registered"),
        ('who = ["desk"]\nneeds', 'who = ["deks"]\nneeds', "move.assign.who", "desk"),
        ('columns = ["number"', 'columns = ["nmber"', "list.columns", "number"),
        ('[sheet]\nkey = ["title"]', '[sheet]\nkey = ["titel"]', "sheet.key", "title"),
        ('stages = "open"', 'stages = ["workin"]', "metric.in_hand.stages", "working"),
        ("required = true\n", 'required = true\nrequired_at = ["don"]\n', "field.title.required_at", "don"),
        ('closed_words = ["已销号"]', 'closed_words = ["已销号"]\nstarts_at = "wrking"', "sheet.starts_at", "working"),
        ('closed_words = ["已销号"]', 'closed_words = ["已销号"]\nstarts_at = "reported"', "sheet.starts_at", "办理中"),
        ('key = "in_hand"', 'key = "by_unit"', "metric.by_unit.key", "固定"),
        ('label = "电话"', 'label = "电话"\nsynonyms = ["标题"]', "field.phone.synonyms", "标题"),
        ('[[move]]', '[[role]]\nkey = "idle"\nlabel = "闲人"\nduty = "inspect"\n\n[[move]]', "role.idle.key", "没有任何动作"),
        ("[sheet]", '[number]\npattern = "{year}"\n[sheet]', "number.pattern", "{serial}"),
        ("[sheet]", '[number]\npattern = "{serial}"\n[sheet]', "number.pattern", "{year}"),
        # the loop
        ('[[role]]', '[[stage]]\nkey = "lost"\nlabel = "孤岛"\nclock = "1 自然日"\n\n[[role]]', "stage.lost.key", "走不到"),
        ('from = ["verified"]\nto = "struck"', 'from = ["verified"]\nto = "verified"', "move.close_out.to", "已销号"),
        ('clock = "3 自然日"\n', "", "stage.registered.clock", "no_clock"),
        ('clock = "3 自然日"', 'clock = "3 自然日"\nno_clock = "无"', "stage.registered.no_clock", "只能"),
        ('kind = "closed"', 'kind = "closed"\nclock = "1 自然日"', "stage.struck.clock", "到头"),
        ('verb = "assign"', 'verb = "register"', "move.register.from", "删去"),
        ('to = "reported"\nwho = ["lead"]', 'to = "working"\nwho = ["lead"]', "move.report_done.to", "已报办结"),
        ('to = "working"\nwho = ["verifier"]', 'to = "reported"\nwho = ["verifier"]', "move.fail.to", "办理中"),
        ('from = ["claimed"]', 'from = ["working"]', "move.send_claim.from", "历史销号"),
        ('from = ["registered"]', 'from = ["registered", "claimed"]', "move.assign.from", "历史销号"),
        ('from = ["registered"]', 'from = ["registered", "struck"]', "move.assign.from", "办理中"),
        ('needs = ["reason"]', 'needs = ["notice"]', "move.fail.needs", "notice"),
        # nobody verifies himself
        ('standing = "outside"', 'standing = "lead"', "move.pass.who", "自己"),
        ('standing = "outside"', 'standing = "assisting"', "move.pass.who", "自己"),
        ('standing = "outside"', 'standing = "involved"', "move.pass.who", "自己"),
        ('duty = "verify"', 'duty = "handle"', "move.pass.who", "verify"),
        ('duty = "close"', 'duty = "handle"', "move.close_out.who", "close"),
        ('who = ["lead"]\nneeds', 'who = ["lead", "verifier"]\nneeds', "move.pass.who", "又能"),
        ('from = ["verified"]', 'from = ["verified", "reported"]', "move.report_done.to", "pass"),
        ('from = ["verified"]', 'from = ["verified", "registered"]', "move.register.to", "pass"),
        ('from = ["claimed"]\nto = "reported"', 'from = ["claimed"]\nto = "verified"', "move.send_claim.to", "pass"),
        # fields
        ('stands_for = "title"\n', "", "field.title.stands_for", "标题"),
        ("required = true\n", "", "field.title.required", "required"),
        ('kind = "contact"', 'kind = "date"\nstands_for = "title"', "field.phone.stands_for", "text"),
        ('kind = "contact"', 'kind = "contact"\nstands_for = "category"', "field.phone.stands_for", "密封"),
        ('columns = ["number"', 'columns = ["phone"', "list.columns", "密封"),
        ('[sheet]\nkey = ["title"]', '[sheet]\nkey = ["phone"]', "sheet.key", "密封"),
        ('kind = "contact"', 'kind = "longtext"\noriginal = true', "field.phone.original", "办理摘要"),
        ('closed_words = ["已销号"]', "", "sheet.closed_words", "closed_words"),
        ('stands_for = "closure"\n', "", "sheet.closed_words", "closure"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_key_and_line(old: str, new: str, key: str, words: str) -> None:
    texts = with_change(old, new)
    with pytest.raises(PlaybookRefused) as refused:
        proven(texts)
    found = [item for item in refused.value.problems if item.key == key and words in item.message.zh]
    assert found, str(refused.value)
    assert found[0].message.en
    above = texts["playbook.toml"].split("\n")[: found[0].line]
    heads = [line for line in above if line.startswith("[")]
    assert found[0].line == 1 or heads[-1].strip("[]") == key.split(".", maxsplit=1)[0]


def test_the_line_named_is_the_keys_own() -> None:
    texts = with_change('to = "working"\nwho = ["desk"]', 'to = "wroking"\nwho = ["desk"]')
    assert faults(texts)["move.assign.to"].line == line_of(texts["playbook.toml"], 'to = "wroking"')


def test_a_stage_from_which_nothing_closes_is_named() -> None:
    texts = with_change(
        '\n[[move]]\nverb = "close_out"\nlabel = "销号"\nfrom = ["verified"]\nto = "struck"\nwho = ["closer"]\n',
        "",
    )
    found = faults(texts)
    assert {"stage.registered.key", "stage.working.key", "stage.reported.key", "stage.verified.key"} <= set(
        found
    )
    assert "stage.struck.key" in found


def test_voiding_does_not_count_as_coming_to_an_end() -> None:
    void = '[[stage]]\nkey = "voided"\nlabel = "作废"\nkind = "void"\n\n[[role]]'
    move = '[[move]]\nverb = "void"\nlabel = "作废"\nfrom = "open"\nto = "voided"\nwho = ["desk"]\n\n[list]'
    text = SOUND.replace("[[role]]", void, 1).replace("[list]", move)
    assert check(read_playbook(sound() | {"playbook.toml": text})) == ()
    cut = text.replace('from = ["verified"]\nto = "struck"', 'from = ["working"]\nto = "struck"')
    assert "stage.verified.key" in faults(sound() | {"playbook.toml": cut})


def test_registering_twice_is_named() -> None:
    extra = '[[move]]\nverb = "register"\nlabel = "登记"\nto = "registered"\nwho = ["recorder"]\n\n[list]'
    assert "move.register.verb" in faults(with_change("[list]", extra))


def test_a_playbook_nothing_registers_in_is_named_and_nothing_breaks() -> None:
    texts = with_change(
        '[[move]]\nverb = "register"\nlabel = "登记"\nto = "registered"\nwho = ["recorder"]\n', ""
    )
    assert any("register" in problem.message.zh for problem in check(read_playbook(texts)))


def test_a_claimed_closure_needs_a_way_to_verification() -> None:
    cut = '[[move]]\nverb = "send_claim"\nlabel = "送核查"\nfrom = ["claimed"]\nto = "reported"\nwho = ["desk"]\n'
    assert "send_claim" in faults(with_change(cut, ""))["field.state_word.stands_for"].message.zh


@pytest.mark.parametrize("text", ["在办{in_hnd}件", "x\n{", "{title}"])
def test_a_placeholder_nothing_fills_is_named_with_its_line(text: str) -> None:
    (found,) = check(read_playbook(sound() | {"papers/briefing.txt": text}))
    assert found.file == "papers/briefing.txt"
    assert found.line == text[: text.index("{")].count("\n") + 1


def test_other_papers_may_name_fields_that_are_not_sealed() -> None:
    assert check(read_playbook(sound() | {"papers/notice.txt": "{title} {number} {{x}}"})) == ()
    (found,) = check(read_playbook(sound() | {"papers/notice.txt": "a\n{phone}"}))
    assert (found.file, found.line) == ("papers/notice.txt", 2)


def test_proven_raises_what_check_finds() -> None:
    with pytest.raises(PlaybookRefused) as refused:
        proven(with_change('standing = "outside"', 'standing = "lead"'))
    assert [problem.key for problem in refused.value.problems] == ["move.pass.who"]


def test_the_burden_counts_what_the_unit_owes_and_nothing_else() -> None:
    text = SOUND.replace(
        "[[stage]]",
        '[[field]]\nkey = "measures"\nlabel = "措施"\nrequired_at = ["reported"]\n\n'
        '[[field]]\nkey = "photo"\nlabel = "照片"\nkind = "file"\nrequired_at = ["reported"]\n\n'
        '[[field]]\nkey = "level"\nlabel = "级别"\nrequired_at = ["working", "reported"]\n\n[[stage]]',
        1,
    )
    owed = {item.stage: item for item in burden(proven(sound() | {"playbook.toml": text}))}
    assert list(owed) == ["registered", "working", "reported", "verified"]
    assert [str(label) for label in owed["working"].fields] == ["措施", "说明文字"]
    assert (owed["working"].files, owed["working"].signatures) == (3, 1)
    for stage in ("registered", "reported", "verified"):
        assert (owed[stage].fields, owed[stage].files, owed[stage].signatures) == ((), 0, 0)


def test_the_drawing_shows_every_stage_and_every_move_between_stages() -> None:
    drawn = mermaid(proven(sound()))
    assert drawn.startswith("stateDiagram-v2\n")
    for arrow in (
        "[*] --> s_registered : 登记",
        "s_registered --> s_working : 交办",
        "s_working --> s_reported : 报办结",
        "s_reported --> s_working : 不通过",
        "s_verified --> s_struck : 销号",
        "s_claimed --> s_reported : 送核查",
        "s_struck --> [*]",
    ):
        assert f"    {arrow}\n" in drawn
    assert "留言" not in drawn


def test_labels_cannot_break_the_drawing() -> None:
    texts = with_change('label = "交办"', r'label = "a\"b; c:d\n--> [*] %% #1 {x} <b>"')
    arrow = next(
        line for line in mermaid(proven(texts)).split("\n") if line.startswith("    s_registered -->")
    )
    label = arrow.partition(" : ")[2]
    assert re.fullmatch(r"(?:[\w ]|#\d+;)+", label), label
    assert mermaid(proven(texts)).count("\n") == mermaid(proven(sound())).count("\n")
