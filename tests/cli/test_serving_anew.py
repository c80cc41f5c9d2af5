"""`serve` on a folder nobody has made a site in, or nobody can sign in to."""

from __future__ import annotations

import signal
import subprocess
import urllib.request

from tests.cli.terminal import Terminal


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
