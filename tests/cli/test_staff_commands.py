"""People and their one-time passwords by the terminal."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.terminal import Terminal

SHEET = "单位,上级,姓名,用户名,工号,岗位,职责\n县住建局,,王一,wang,7,局长,办理\n,,李二,,8,,\n信访局,,张三,wang,9,,\n"
PASSWORD = re.compile(r"一次性口令: (\S+)")


def sheet(folder: Path) -> str:
    path = folder / "人员.csv"
    path.write_text(SHEET, encoding="utf-8")
    return str(path)


def test_units_and_people_come_from_one_sheet_with_slips_in_a_file_for_ones_own_eyes(
    site: Terminal, tmp_path: Path
) -> None:
    slips = tmp_path / "口令条.txt"
    said = site.done(
        "staff", "import", sheet(tmp_path), "--slips", str(slips), "--address", "http://10.1.1.1/"
    )
    assert "人员：新建账号 2 个，已有 0 行，未导入 1 行" in said.out
    assert "第 4 行：用户名：“wang”与第 2 行“王一”的用户名或工号相同" in said.out
    text = slips.read_text(encoding="utf-8")
    passwords = PASSWORD.findall(text)
    assert len(set(passwords)) == 2 and slips.stat().st_mode & 0o777 == 0o600
    assert "县住建局 局长" in text and "http://10.1.1.1/" in text and "用户名: wang 或工号 7" in text
    assert not any(password in said.out + said.err for password in passwords)
    assert "口令条不覆盖别的文件" in site.refused("staff", "slips", "wang", "--slips", str(slips)).err
    assert slips.read_text(encoding="utf-8") == text


def test_who_lost_the_password_gets_another_one_at_the_terminal_operators_too(
    site: Terminal, tmp_path: Path
) -> None:
    site.done("staff", "import", sheet(tmp_path))
    first, again = (PASSWORD.findall(site.done("staff", "slips", "operator", "8").out) for _ in range(2))
    assert len({*first, *again}) == 4
    made = site.done("staff", "slips", "operator", "--json").json["slips"]
    assert [slip["username"] for slip in made] == ["operator"]
    unwritten = tmp_path / "slips.txt"
    said = site.refused("staff", "slips", "operator", "nobody", "--slips", str(unwritten))
    assert "没有用户名或工号为“nobody”的人员" in said.err and not unwritten.exists()
