"""`serve` on a folder nobody has made a site in, or nobody can sign in to."""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from tests.cli.terminal import Terminal
from tests.cli.test_serving import sealed_by_it


def told(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """The address and the one-time link."""
    assert process.stdout is not None
    address, words, link = (process.stdout.readline().decode().strip() for _ in range(3))
    assert "一次性链接" in words
    return address, link


def test_serving_a_fresh_folder_tells_the_link_by_which_the_site_is_set_up(empty: Terminal) -> None:
    with empty.serving() as process:
        address, link = told(process)
        assert link.startswith(f"{address}setup/?code=")
        code = link.partition("code=")[2]
        assert (empty.data / "setup-code").read_text() == code
        with urllib.request.urlopen(address) as page:
            assert page.url == f"{address}setup/"
        with urllib.request.urlopen(link) as page:
            assert code in page.read().decode()
        exit_code, _seconds, err = empty.stopped(process, signal.SIGTERM)
        assert exit_code == 0 and "Traceback" not in err
    # Still no site for a command that needs one, and the next start gives another code.
    assert "还没有建站点" in empty.refused("ledger", "list").err
    with empty.serving() as process:
        assert told(process)[1] != link


def test_a_site_without_an_account_is_served_with_a_link_to_make_one(site: Terminal) -> None:
    with site.serving() as process:
        _address, link = told(process)
        with urllib.request.urlopen(link) as page:
            assert "站点名称" not in page.read().decode()


def set_up(link: str) -> str:
    """As a browser sends the form; the address it ends on."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(link) as page:
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[-1]
    typed = {
        "csrfmiddlewaretoken": token,
        "code": link.partition("code=")[2],
        "site": "清河县",
        "name": "王管理",
        "username": "wang",
        "password": "一串够长的口令 2026",
        "again": "一串够长的口令 2026",
        "timezone": "Asia/Shanghai",
    }
    with browser.open(link.partition("?")[0], urlencode(typed).encode()) as page:
        return str(page.url)


def test_once_it_is_set_up_the_work_goes_on_and_no_link_is_told_any_more(
    empty: Terminal, tmp_path: Path
) -> None:
    with empty.serving() as process:
        address, link = told(process)
        assert set_up(link) == f"{address}new-ledger/"
        empty.done("ledger", "open", "problems")
        sheet = tmp_path / "清单.csv"
        sheet.write_text("问题描述,责任单位\n路灯不亮,城关镇\n", encoding="utf-8")
        empty.done("import", str(sheet), "--ledger", "problems")
        sealed_by_it(empty)
        assert empty.stopped(process, signal.SIGTERM)[0] == 0
    with empty.serving() as process:
        exit_code, _seconds, err = empty.stopped(process, signal.SIGTERM)
        assert (exit_code, err) == (0, "")
    assert not (empty.data / "setup-code").exists()
