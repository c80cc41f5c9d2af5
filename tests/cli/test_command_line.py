from __future__ import annotations

import argparse
import signal
import subprocess
import time
from pathlib import Path

import pytest

from taizhang import __version__
from taizhang.cli import commands, language
from taizhang.cli.columns import table, width
from taizhang.cli.parser import MESSAGES, in_chinese, parser_of
from tests.cli.terminal import COMMAND, Terminal, environment


def test_the_version_is_the_packages(empty: Terminal) -> None:
    assert empty.done("--version").out == f"taizhang {__version__}\n"


def test_help_names_every_command_in_chinese_even_in_a_plain_locale(empty: Terminal) -> None:
    said = empty.done("--help", LC_ALL="C")
    for word in (
        "init",
        "demo",
        "serve",
        "doctor",
        "playbook",
        "ledger",
        "rebuild",
        "建立站点",
        "用法：",
        "选项:",
    ):
        assert word in said.out


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        ([], "缺少参数", "the following arguments are required"),
        (["开工"], "没有 '开工' 这一项", "invalid choice"),
        (["playbook", "draw"], "缺少参数：KEY|DIR", "the following arguments are required"),
        (["ledger", "list", "--xyz"], "不认识的参数：--xyz", "unrecognized arguments"),
        (["init", "--week-start", "一"], "参数 --week-start 的值不对", "invalid int value"),
        (["init", "--site"], "参数 --site 后面须有一个值", "expected one argument"),
        (["init", "--currency", "yuan"], "币种“yuan”不对", "no currency"),
    ],
)
def test_wrong_use_is_said_in_both_languages_with_the_usage(
    empty: Terminal, arguments: list[str], chinese: str, english: str
) -> None:
    said = empty.run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "用法：taizhang" in said.err and chinese in said.err and english in said.err
    assert not empty.data.exists()


def test_every_complaint_of_argparse_has_chinese_words() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False, prog="p")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--red", action="store_true")
    either.add_argument("--green", action="store_true")
    parser.add_argument("--two", nargs=2)
    parser.add_argument("--some", nargs="+")
    for arguments in (["--red", "--green"], ["--two", "1"], ["--some"], ["--red=1"]):
        with pytest.raises(argparse.ArgumentError) as wrong:
            parser.parse_args(arguments)
        assert in_chinese(str(wrong.value)) != str(wrong.value)
    assert in_chinese("something new") == "something new"
    assert len(MESSAGES) == len({pattern for pattern, _ in MESSAGES})


def test_shared_arguments_stand_before_or_after_the_command(empty: Terminal, tmp_path: Path) -> None:
    before = empty.done("--json", "--lang", "en", "playbook", "list")
    between = empty.done("playbook", "--json", "--lang", "en", "list")
    after = empty.done("playbook", "list", "--json", "--lang", "en")
    assert before == between == after
    elsewhere = str(tmp_path / "elsewhere")
    assert elsewhere in empty.refused("--data", elsewhere, "ledger", "list").err
    assert elsewhere in empty.refused("ledger", "list", "--data", elsewhere).err


def test_every_command_takes_json_and_the_data_folder() -> None:
    for command in commands():
        words = command.name.split()
        parser = parser_of([command])
        with pytest.raises(SystemExit) as ended:
            parser.parse_args([*words, "--json", "--data", "d", "--help"])
        assert ended.value.code == 0


def test_only_commands_on_a_site_know_a_time_to_pretend(empty: Terminal) -> None:
    assert empty.run("playbook", "list", "--now", "2026-01-01").code == 2


@pytest.mark.parametrize(("variable", "words"), [("en", "usage: taizhang"), ("zh", "用法：taizhang")])
def test_the_language_may_come_from_the_environment(empty: Terminal, variable: str, words: str) -> None:
    if not (language.LOCALE / "en" / "LC_MESSAGES" / "django.mo").exists():
        pytest.skip("the translations are not compiled: run make setup")
    assert words in empty.done("--help", TAIZHANG_LANG=variable).out
    assert "usage: taizhang" in empty.done("--help", "--lang=en", TAIZHANG_LANG=variable).out


def _let_it_read(process: subprocess.Popen[bytes]) -> None:
    """Until its child parses the sheet: a signal that comes while modules are still being imported may be lost in
    one of their callbacks."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not children.read_text():
        time.sleep(0.05)


def test_an_interrupted_command_ends_with_130_and_no_trace(empty: Terminal, tmp_path: Path) -> None:
    long = tmp_path / "很长.csv"
    rows = (f"{n},第{n}盏路灯不亮,城关镇,2026-03-01" for n in range(300_000))
    long.write_text("\n".join(["序号,问题描述,责任单位,整改时限", *rows]), encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "playbook", "infer", str(long), "--out", str(tmp_path / "out")],
        env=environment({}),
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert "正在读取表格" in process.stderr.readline().decode("utf-8")
    _let_it_read(process)
    code, _seconds, err = empty.stopped(process, signal.SIGINT)
    assert (code, "Traceback" in err) == (130, False)
    assert not (tmp_path / "out").exists()


def test_a_reader_that_goes_away_is_no_fault(empty: Terminal) -> None:
    process = subprocess.Popen(
        [*COMMAND, "playbook", "draw", "hazard"],
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(timeout=30) == 141


def test_columns_stand_straight_beside_chinese() -> None:
    lines = table([("名称", "数"), ("a", 7), ("网民留言", 12)])
    assert lines == ["名称      数", "a          7", "网民留言  12"]
    assert len(set(map(width, lines))) == 1


def test_a_cell_with_a_line_break_stays_one_line() -> None:
    assert table([("甲\n乙",)]) == ["甲 乙"]
