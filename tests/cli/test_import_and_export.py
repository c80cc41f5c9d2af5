"""`taizhang import` and `export` as a user has them: files that are none, numbers, exit codes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from time import monotonic

import pytest
import xlsxwriter

from tests.cli.terminal import Terminal
from tests.formats.sheet.sheet_files import book_of, saved, xlsx_parts, zipped
from tests.ledger.test_importing_personal import PLANTED

SHEET = "序号,问题描述,责任单位,整改时限,是否销号\n1,路灯不亮,住建局,2026-12-01,\n2,,住建局,,\n3,井盖缺失,住建局,,是\n"


def hostile(path: Path) -> list[Path]:
    book = book_of(path / "好.xlsx", [["序号", "问题描述"], [1, "路灯"]]).read_bytes()
    far = xlsx_parts('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in xlsx_parts().items():
            archive.writestr(name, content)
        archive.writestr("xl/media/image1.bin", b"\0" * 200_000_000)
    macros = {**xlsx_parts(), "xl/vbaProject.bin": b"\0" * 100}
    return [
        saved(path / "空.xlsx", b""),
        saved(path / "网页.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
        saved(path / "断.xlsx", book[: len(book) // 2]),
        saved(path / "宏.xlsm", zipped(macros)),
        saved(path / "远.xlsx", zipped(far)),
        saved(path / "炸弹.xlsx", bomb.getvalue()),
    ]


def test_hostile_files_are_refused_at_once_and_the_next_good_one_imports(
    site: Terminal, tmp_path: Path
) -> None:
    codes = []
    for path in hostile(tmp_path):
        began = monotonic()
        said = site.refused("import", str(path), "--ledger", "problems", "--json")
        assert monotonic() - began < 3, path.name
        codes.append(said.json["error"]["code"])
        assert said.json["error"]["message"]
    assert codes == ["empty_file", "html_page", "corrupt", "macros", "far_cell", "zip_bomb"]
    good = saved(tmp_path / "好.csv", "序号,问题描述\n1,路灯\n".encode())
    assert site.done("import", str(good), "--ledger", "problems", "--json").json["registered"] == 1


def test_a_bad_file_is_refused_before_any_site_is_opened(empty: Terminal, tmp_path: Path) -> None:
    page = saved(tmp_path / "页.xls", b"<html><body>1</body></html>")
    assert empty.refused("import", str(page), "--ledger", "x", "--json").json["error"]["code"] == "html_page"
    assert not empty.data.exists()


def test_a_dry_run_tells_what_the_import_then_does(site: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path / "表.csv", SHEET.replace("路灯", "大路灯").encode())
    arguments = ("import", str(path), "--ledger", "problems", "--json")
    told = site.done(*arguments, "--dry-run").json
    done = site.done(*arguments).json
    again = site.done(*arguments).json
    names = ("read", "registered", "unchanged", "changed", "refused", "suspicious", "claimed")
    assert [told[name] for name in names] == [done[name] for name in names] == [3, 2, 0, 0, 1, 2, 1]
    assert [again[name] for name in names] == [3, 0, 2, 0, 1, 0, 0]
    assert done["errors"] == [{"cell": "B3", "field": "问题描述", "message": "必填，表里没有填"}]
    assert told["batch"] is None
    assert done["batch"]


def test_the_report_for_people_names_cells_and_what_to_do(site: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path / "表.csv", SHEET.replace("井盖", "小井盖").encode())
    said = site.done("import", str(path), "--ledger", "problems", "--dry-run")
    for words in (
        "读到 3 行",
        "B3",
        "必填",
        "单位树里没有“住建局”",
        "历史销号",
        "--give-back",
        "有 1 种单位写法没有认出",
    ):
        assert words in said.out
    assert "正在导入" in said.err
    english = site.done("import", str(path), "--ledger", "problems", "--dry-run", "--lang", "en")
    assert "3 rows read" in english.out


def test_rows_are_given_back_and_columns_assigned(site: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path / "表.csv", "序号,情况,地方\n1,漏水,甲\n2,,乙\n".encode())
    refused = site.refused("import", str(path), "--ledger", "problems", "--json")
    assert refused.json["error"]["code"] == "columns_do_not_fit"
    assert "--map 列=字段" in refused.json["error"]["message"]
    back = tmp_path / "退回.xlsx"
    given = ("--map", "情况=问题描述", "--give-back", str(back))
    report = site.done("import", str(path), "--ledger", "problems", *given, "--json").json
    assert (report["registered"], report["refused"], report["returned"]) == (1, 1, str(back))
    assert back.exists()
    left = site.done("import", str(path), "--ledger", "problems", "--map", "情况=问题描述", "--map", "地方=")
    assert "C 地方  填有 2 格；按指定不导入" in left.out


def test_importing_for_somebody_needs_somebody_who_may_register(site: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path / "表.csv", SHEET.encode())
    said = site.refused("import", str(path), "--ledger", "problems", "--as", "nobody")
    assert "nobody" in said.err
    assert site.run("import", str(path)).code == 2
    assert site.run("import", str(path), "--ledger", "problems", "--map", "x").code == 2
    assert "problems" in site.refused("import", str(path), "--ledger", "none").err


def test_an_export_says_how_many_it_holds(site: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path / "表.csv", SHEET.encode())
    site.done("import", str(path), "--ledger", "problems")
    out = tmp_path / "出.xlsx"
    counted = site.done("export", "--ledger", "problems", "--out", str(out), "--json").json["rows"]
    assert f"共 {counted} 条" in site.done("export", "--ledger", "problems", "--out", str(out)).out
    assert out.stat().st_size > 0
    site.refused("export", "--ledger", "problems", "--out", str(tmp_path / "出.csv"))
    missing = site.refused("export", "--ledger", "problems", "--out", str(tmp_path / "无" / "出.xlsx"))
    assert "没有这个文件或文件夹" in missing.err


@pytest.mark.parametrize("name", ["没有.xlsx", "."])
def test_a_path_that_is_no_file_is_refused_in_words(site: Terminal, tmp_path: Path, name: str) -> None:
    said = site.refused("import", str(tmp_path / name), "--ledger", "problems")
    assert str(tmp_path) in said.err


def test_colours_hidden_rows_and_personal_columns_are_told_and_answered_by_options(
    site: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "颜色.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page, yellow = book.add_worksheet("表一"), book.add_format({"bg_color": "#FFFF00"})
        page.write_row(0, 0, ["序号", "问题描述", "责任单位", "证件号", "责任人及电话"])
        page.write_row(1, 0, [1, "黄色的一件", "住建局", PLANTED[0], "甲"], yellow)
        page.write_row(2, 0, [2, "隐藏的一件", "住建局", PLANTED[1], "乙"])
        page.set_row(2, None, None, {"hidden": True})
    arguments = ("import", str(path), "--ledger", "problems")
    told = site.done(*arguments, "--dry-run").out
    for words in ("FFFF00", "黄色 整行", "--mark", "隐藏的行 1 行", "D 证件号  证件号码", "密封字段"):
        assert words in told
    assert PLANTED[0] not in told
    assert (
        site.refused(*arguments, "--mark", "00FF00=整改中", "--json").json["error"]["code"] == "no_such_mark"
    )
    assert (
        site.refused(*arguments, "--mark", "FFFF00=没有", "--json").json["error"]["code"] == "no_such_meaning"
    )
    assert site.run(*arguments, "--hidden", "cells").code == 2
    given = (
        "--mark",
        "FFFF00=已销号",
        "--hidden",
        "columns",
        "--map",
        "责任人及电话=",
        "--map",
        "证件号=责任人及电话",
    )
    report = site.done(*arguments, *given, "--take-personal", "证件号=救助核对", "--json").json
    assert (report["registered"], report["claimed"], report["barred"]) == (1, 1, [])
    assert [one["meaning"] for one in report["marks"]] == ["claim:struck"]
