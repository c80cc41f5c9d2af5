"""`taizhang playbook`: lists, proves and draws playbooks. None of it needs a site."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from taizhang.cli.columns import table
from taizhang.cli.command import DONE, REFUSED, Command, WrongUse, no_arguments
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say
from taizhang.core.playbook import Playbook
from taizhang.core.playbook_check import StageBurden, burden, check
from taizhang.core.playbook_draw import mermaid
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_text import is_key, read_playbook
from taizhang.playbooks import shipped_keys, texts_of


def proved_key(given: str) -> str:
    """A key as playbooks and ledgers have it. Raises WrongUse."""
    if is_key(given):
        return given
    raise WrongUse(
        f"代号“{given}”不对：请用小写字母开头的字母、数字、下划线，最多 40 个。",
        f"“{given}” is no key: lower-case letters, digits and underscores, a letter first, at most 40.",
    )


def _list(_args: Namespace, say: Say) -> int:
    playbooks = [read_playbook(texts_of(key)) for key in shipped_keys()]
    if say.as_json:
        say.json({"playbooks": [head(playbook, say) for playbook in playbooks]})
    rows = [(playbook.key, playbook.version, say.text(playbook.name)) for playbook in playbooks]
    for line in table([(_("代号"), _("版本"), _("名称")), *rows]):
        say.line(line)
    return DONE


def head(playbook: Playbook, say: Say) -> dict[str, str]:
    """What names a playbook, for machines."""
    return {"key": playbook.key, "name": say.text(playbook.name), "version": playbook.version}


def _check(args: Namespace, say: Say) -> int:
    reports = [_report(given, say) for given in args.playbooks or shipped_keys()]
    sound = not any(report["problems"] for report in reports)
    if say.as_json:
        say.json({"ok": sound, "playbooks": reports})
    return DONE if sound else REFUSED


def _report(given: str, say: Say) -> dict[str, Any]:
    """What is to be said of one playbook, said to people at once."""
    try:
        texts = texts_of(given)
        playbook = read_playbook(texts)
    except PlaybookRefused as refused:
        return tell_problems(given, refused.problems, say)
    return tell(given, playbook, say)


def tell_problems(given: str, problems: tuple[Problem, ...], say: Say) -> dict[str, Any]:
    """Say what is wrong with a playbook; the same for machines."""
    say.line(_("{playbook}：{count} 个问题").format(playbook=given, count=len(problems)))
    for problem in problems:
        say.line(f"  {problem.text(say.language)}")
    return {"playbook": given, "problems": [_problem(problem, say) for problem in problems]}


def tell(given: str, playbook: Playbook, say: Say) -> dict[str, Any]:
    """Say whether a playbook that reads is also proved, and what each stage asks; the same for machines."""
    if problems := check(playbook):
        return {**head(playbook, say), **tell_problems(given, problems, say)}
    stages = burden(playbook)
    say.line(
        _("{playbook}：{name}（第 {version} 版），没有问题").format(
            playbook=given, name=say.text(playbook.name), version=playbook.version
        )
    )
    headings = (_("环节"), _("填写项"), _("材料"), _("签字"), _("办理单位要填写"))
    for line in table([headings, *(_burden_row(stage, say) for stage in stages)]):
        say.line(f"  {line}")
    say.line()
    return {
        "playbook": given,
        **head(playbook, say),
        "problems": [],
        "stages": [_burden(stage, say) for stage in stages],
    }


def _burden_row(stage: StageBurden, say: Say) -> tuple[object, ...]:
    words = ("、" if say.language == "zh" else ", ").join(map(say.text, stage.fields))
    return say.text(stage.label), len(stage.fields), stage.files, stage.signatures, words


def _burden(stage: StageBurden, say: Say) -> Mapping[str, Any]:
    return {
        "stage": stage.stage,
        "label": say.text(stage.label),
        "fields": [say.text(label) for label in stage.fields],
        "files": stage.files,
        "signatures": stage.signatures,
    }


def _problem(problem: Problem, say: Say) -> Mapping[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "message": say.text(problem.message),
    }


def _draw(args: Namespace, say: Say) -> int:
    playbook = read_playbook(texts_of(args.playbook))
    drawn = mermaid(playbook, say.language)
    if say.as_json:
        say.json({**head(playbook, say), "mermaid": drawn})
    say.line(drawn.rstrip("\n"))
    return DONE


def _many(parser: ArgumentParser) -> None:
    parser.add_argument(
        "playbooks", metavar="DIR|KEY", nargs="*", help=_("方案文件夹或自带方案的代号（默认：全部自带方案）")
    )


def _one(parser: ArgumentParser) -> None:
    parser.add_argument("playbook", metavar="KEY|DIR", help=_("自带方案的代号，或方案文件夹"))


COMMANDS = (
    Command("playbook list", "列出自带方案", no_arguments, _list, needs_site=False),
    Command("playbook check", "检查方案，并列出各环节要求基层填报什么", _many, _check, needs_site=False),
    Command("playbook draw", "把方案的流转画成 Mermaid 图", _one, _draw, needs_site=False),
)
