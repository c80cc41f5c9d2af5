from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taizhang.playbooks import LARGEST_FILE, SHIPPED, shipped_keys
from tests.cli.terminal import Terminal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Somebody's own playbook on disk."""
    return shutil.copytree(SHIPPED / "messages", tmp_path / "方案 一")


def changed(folder: Path, before: str, after: str) -> None:
    main = folder / "playbook.toml"
    text = main.read_text(encoding="utf-8")
    assert before in text
    main.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_list_for_machines_is_exactly_key_name_version(empty: Terminal) -> None:
    listed = empty.done("playbook", "list", "--json").json
    assert list(listed) == ["playbooks"]
    assert [playbook["key"] for playbook in listed["playbooks"]] == list(shipped_keys())
    assert all(list(playbook) == ["key", "name", "version"] for playbook in listed["playbooks"])
    assert not empty.data.exists()


def test_every_shipped_playbook_is_proved_and_says_what_it_asks(empty: Terminal) -> None:
    checked = empty.done("playbook", "check", "--json").json
    assert checked["ok"] is True
    assert [playbook["key"] for playbook in checked["playbooks"]] == list(shipped_keys())
    for playbook in checked["playbooks"]:
        assert playbook["problems"] == []
        assert sum(stage["signatures"] for stage in playbook["stages"]) > 0


def test_a_folder_is_proved_by_its_path(empty: Terminal, folder: Path) -> None:
    said = empty.done("playbook", "check", str(folder))
    assert "没有问题" in said.out and "签字" in said.out


def test_what_does_not_read_is_named_with_file_line_and_key(empty: Terminal, folder: Path) -> None:
    changed(folder, 'kind = "category"', 'kind = "gold"')
    said = empty.refused("playbook", "check", str(folder), "hazard")
    line = (folder / "playbook.toml").read_text(encoding="utf-8").splitlines().index('kind = "gold"') + 1
    assert f"playbook.toml:{line} field.category.kind：" in said.out
    assert "hazard：" in said.out, "the others are checked all the same"
    problem = empty.refused("playbook", "check", str(folder), "--json").json["playbooks"][0]["problems"][0]
    assert (problem["file"], problem["line"], problem["key"]) == (
        "playbook.toml",
        line,
        "field.category.kind",
    )


def test_what_reads_and_is_not_proved_is_a_refusal_too(empty: Terminal, folder: Path) -> None:
    changed(folder, 'clock = "15 自然日"', "# no clock")
    report = empty.refused("playbook", "check", str(folder), "--json").json
    assert report["ok"] is False and report["playbooks"][0]["problems"]


def test_a_word_that_names_nothing_says_which_keys_there_are(empty: Terminal) -> None:
    said = empty.refused("playbook", "draw", "无此方案")
    assert all(key in said.err for key in shipped_keys())


def test_a_link_out_of_the_folder_is_not_followed(empty: Terminal, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    (folder / "papers").mkdir(exist_ok=True)
    (folder / "papers" / "letter.txt").symlink_to(secret)
    said = empty.refused("playbook", "check", str(folder))
    assert "papers/letter.txt" in said.out and "链接" in said.out and "机密" not in said.out


@pytest.mark.parametrize(
    ("content", "words"), [("中文".encode("gb18030"), "UTF-8"), (b"x" * (LARGEST_FILE + 1), "太大")]
)
def test_a_file_that_is_no_text_or_too_large_is_refused(
    empty: Terminal, folder: Path, content: bytes, words: str
) -> None:
    (folder / "categories.csv").write_bytes(content)
    assert words in empty.refused("playbook", "check", str(folder)).out


def test_what_a_mac_leaves_behind_is_no_part_of_a_playbook(empty: Terminal, folder: Path) -> None:
    (folder / "._categories.csv").write_bytes(b"\0\xff")
    empty.done("playbook", "check", str(folder))


def test_a_drawing_is_mermaid(empty: Terminal) -> None:
    drawn = empty.done("playbook", "draw", "hazard").out
    assert drawn.startswith("stateDiagram-v2\n") and "已销号" in drawn
    assert empty.done("playbook", "draw", "hazard", "--json").json["mermaid"] == drawn


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "巡河问题.csv"
    rows = "".join(f"{n},第{n}号排口污水直排,城关镇,2026-03-{n:02d},否\n" for n in range(1, 21))
    file.write_text(f"序号,问题描述,责任单位,整改时限,是否完成\n{rows}", encoding="gb18030")
    return file


def test_a_sheet_no_playbook_fits_gives_a_folder_that_proves(
    empty: Terminal, sheet: Path, tmp_path: Path
) -> None:
    out = tmp_path / "巡河"
    said = empty.done("playbook", "infer", str(sheet), "--out", str(out), "--json").json
    assert (said["key"], said["rows"], said["problems"]) == ("xunhe", 20, [])
    assert said["files"] == ["papers/briefing.txt", "playbook.toml"]
    assert "问题描述" in (out / "playbook.toml").read_text(encoding="utf-8")
    empty.done("playbook", "check", str(out))


def test_a_folder_with_something_in_it_is_not_written_over(
    empty: Terminal, sheet: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "笔记.txt").write_text("留着", encoding="utf-8")
    said = empty.refused("playbook", "infer", str(sheet), "--out", str(kept))
    assert "不是空文件夹" in said.err
    assert [file.name for file in kept.iterdir()] == ["笔记.txt"]


def test_a_bad_file_leaves_no_folder_behind(empty: Terminal, tmp_path: Path) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"<html></html>")
    out = tmp_path / "out"
    assert "网页" in empty.refused("playbook", "infer", str(bad), "--out", str(out)).err
    assert "没有这个文件" in empty.refused("playbook", "infer", str(bad) + "x", "--out", str(out)).err
    assert (
        "没有名为“乙”"
        in empty.refused("playbook", "infer", str(_book(tmp_path)), "--sheet", "乙", "--out", str(out)).err
    )
    assert not out.exists()


def _book(folder: Path) -> Path:
    file = folder / "甲.csv"
    file.write_text("问题,单位\n路灯不亮,城关镇\n", encoding="utf-8")
    return file
