"""The form of a drafted ledger: what is asked, what may be answered, and the checker's findings at their inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from taizhang.core.playbook_loop_draft import STAGES
from taizhang.core.playbook_problem import Problem
from taizhang.desk.asking import Asking
from taizhang.desk.drafting import DUE_ON_WORDS, NUMBER, Drafting, SheetColumn, is_time

Options = list[tuple[str, str]]

_INPUT_OF = {"required": "taken", "visibility": "sight", "original": "sight", "synonyms": "label"}
"""The inputs of a field's keys that are not called like the key."""
NAMING = ("name", "key", "label", "stage")
"""Inputs that say what something is called, and may not be left empty."""
_INPUTS = ("label", "kind", "choices", "unit", "decimals", "taken", "sight")


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the whole sheet, answered by choosing a column."""

    name: str
    label: str
    hint: str
    options: Options
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """What is asked about one column: `said` its answers and `problems` by input, `answers_to` the question it was
    chosen for."""

    column: SheetColumn
    said: Mapping[str, str]
    problems: Mapping[str, str]
    answers_to: str

    @property
    def choice_rows(self) -> int:
        """Lines to show all choices in, as far as a page has room."""
        return min(12, self.said["choices"].count("\n") + 2)


@dataclass(frozen=True, slots=True)
class StageForm:
    key: str
    label: str
    clock: str
    is_end: bool
    label_problem: str
    clock_problem: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the checker in a text, with the line it is about."""

    file: str
    line: int
    quoted: str
    key: str
    message: str


def question_labels() -> dict[str, tuple[str, str]]:
    """The questions in their order, each with a hint."""
    return {
        "title": (_("哪一列是标题？"), _("每条都要有，显示在清单里")),
        NUMBER: (_("哪一列是编号？"), _("每行都有、各不相同；再次导入时靠它认出同一条。序号不是编号")),
        "lead_unit": (_("哪一列是责任单位？"), _("谁来办")),
        "assisting_units": (_("哪一列是配合单位？"), _("一格里可以有几个")),
        "due_on": (_("哪一列是到期日？"), _("什么时候要办完")),
        "closure": (
            _("哪一列说明已了结？"),
            _("如“是否销号”“整改情况”；这样的行导入为历史销号，未经本平台核查"),
        ),
        "category": (_("哪一列是类别？"), _("按它分类统计；须是单选")),
    }


def kind_options() -> Options:
    """The kinds a column of a sheet can become."""
    return [
        ("text", _("短文字")),
        ("longtext", _("长文字")),
        ("choice", _("单选")),
        ("choices", _("多选")),
        ("number", _("数字")),
        ("money", _("金额")),
        ("date", _("日期")),
        ("datetime", _("日期和时间")),
        ("yesno", _("是或否")),
        ("unit", _("单位")),
        ("units", _("几个单位")),
        ("place", _("地点")),
        ("contact", _("联系方式、身份（加密）")),
    ]


def sight_options() -> Options:
    return [
        ("internal", _("办理人员可见")),
        ("public", _("可以公开")),
        ("sealed", _("密封，启封要写理由")),
        ("original", _("来信原文，密封，另写摘要")),
    ]


def questions(drafting: Drafting, problems: Mapping[str, str]) -> list[Question]:
    columns = [(column.key, f"{column.letter} {column.label}") for column in drafting.columns]
    nothing = {"title": _("表里没有，另加一项")}
    return [
        Question(
            f"is-{what}",
            label,
            hint,
            [("", nothing.get(what, _("表里没有"))), *columns],
            drafting.answers.get(f"is-{what}", ""),
            problems.get(f"is-{what}", ""),
        )
        for what, (label, hint) in question_labels().items()
    ]


def column_forms(drafting: Drafting, problems: Mapping[str, str]) -> list[ColumnForm]:
    names = ("taken", "label", "kind", "choices", "unit", "decimals", "required", "sight")
    labels = question_labels()
    chosen: dict[str, str] = {}
    for what, (label, _hint) in labels.items():
        chosen.setdefault(drafting.answers.get(f"is-{what}", ""), label)
    return [
        ColumnForm(
            column,
            {name: drafting.answers.get(f"{name}-{column.key}", "") for name in names},
            {name: problems.get(f"{name}-{column.key}", "") for name in names},
            chosen.get(column.key, ""),
        )
        for column in ([] if drafting.tree else drafting.columns)
    ]


def stage_forms(drafting: Drafting, problems: Mapping[str, str]) -> list[StageForm]:
    return [
        StageForm(
            stage.key,
            drafting.answers.get(f"stage-{stage.key}", ""),
            _clock_words(drafting.answers.get(f"clock-{stage.key}", "")),
            stage.is_end,
            problems.get(f"stage-{stage.key}", ""),
            problems.get(f"clock-{stage.key}", ""),
        )
        for stage in STAGES
    ]


def _clock_words(typed: str) -> str:
    return _("到期日") if typed == DUE_ON_WORDS[0] else typed


def placed(found: Iterable[Problem], drafting: Drafting, asking: Asking) -> dict[str, str]:
    """Input → what the checker says of it; under `all` what concerns no input, with its place in the text."""
    said: dict[str, list[str]] = {}
    for problem in found:
        name = _input_of(problem.key)
        said.setdefault(name, []).append(_words(problem, name, drafting, asking))
    return {name: "；".join(dict.fromkeys(words)) for name, words in said.items()}


def _words(problem: Problem, name: str, drafting: Drafting, asking: Asking) -> str:
    """What the checker says, but of what was left empty or is no time: its words there are for writers of text."""
    if name == "all":
        return problem.text(asking.language)
    typed, asked = drafting.answers.get(name, "").strip(), name.partition("-")[0]
    if asked == "clock" and not is_time(typed):
        return _("请写天数，如 5，或写“到期日”")
    empty = {
        **dict.fromkeys(NAMING, _("请填写")),
        "choices": _("请写出选项，一行一个"),
        "closed_words": _("请写出那一列里哪些写法算已了结"),
    }
    return empty[asked] if not typed and asked in empty else asking.word(problem.message)


def doubled(drafting: Drafting) -> dict[str, str]:
    """What is wrong where one column was chosen for two questions."""
    labels = question_labels()
    return {
        f"is-{what}": _("这一列已经用来回答“{question}”").format(question=labels[other][0])
        for what, other in drafting.doubled.items()
    }


def no_such_unit(drafting: Drafting) -> str:
    return _("您的范围内没有这个单位，或有几个同名：{unit}").format(unit=drafting.answers["unit"])


def findings(found: Iterable[Problem], texts: Mapping[str, str], asking: Asking) -> list[Finding]:
    return list(_findings(found, texts, asking))


def _findings(found: Iterable[Problem], texts: Mapping[str, str], asking: Asking) -> Iterator[Finding]:
    for problem in found:
        lines = texts.get(problem.file, "").split("\n")
        quoted = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
        yield Finding(problem.file, problem.line, quoted, problem.key, asking.word(problem.message))


def _input_of(key: str) -> str:
    """The input a key of the checker is about: `field.column_3.kind` → `kind-column_3`."""
    table, _dot, rest = key.partition(".")
    row, _dot, last = rest.rpartition(".")
    if table == "field" and row.startswith("column_"):
        name = _INPUT_OF.get(last, last)
        return f"{name if name in _INPUTS else 'label'}-{row}"
    if table == "stage" and row in {stage.key for stage in STAGES}:
        return f"{'stage' if last in ('label', 'key') else 'clock'}-{row}"
    known = {"playbook.name": "name", "playbook.key": "key", "sheet.key": f"is-{NUMBER}"}
    return known.get(key, "closed_words" if key == "sheet.closed_words" else "all")
