"""From an empty site to a list with its rows: by the mouse alone, and by the keyboard alone.

What is typed is typed in both; what is chosen, pressed or dropped is done by one of them.
"""

from __future__ import annotations

import base64
from pathlib import Path

from tests.desk.test_browser_import import own_sheet
from tests.desk.test_browser_keyboard import enter, tab_to
from tests.desk.visit import Visit

Newcomer = tuple[Visit, str]
NAME, USERNAME, PASSWORD = "王管理", "wang", "一串够长的口令 2026"
DROP = """([zone, name, content]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)), carried = new DataTransfer();
    carried.items.add(new File([bytes], name));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }
}"""


def typed_by_mouse(window: Visit, name: str, text: str) -> None:
    window.page.click(f"[name='{name}']")
    window.page.keyboard.press("Control+A")
    window.page.keyboard.type(text)


def press(window: Visit, words: str) -> None:
    with window.page.expect_navigation():
        window.page.get_by_role("button", name=words, exact=True).click()


def drop(window: Visit, sheet: Path) -> None:
    """As a desktop does when a file is let go over the page."""
    zone = window.page.query_selector("form[data-drop]")
    content = base64.b64encode(sheet.read_bytes()).decode()
    with window.page.expect_navigation():
        window.page.evaluate(DROP, [zone, sheet.name, content])


def test_from_an_empty_site_to_a_list_by_the_mouse(newcomer: Newcomer, tmp_path: Path) -> None:
    window, link = newcomer
    page = window.page
    window.goto("")
    assert "设置新站点" in window.text("h1")
    page.goto(link)
    for name, text in (("site", "清河县"), ("name", NAME), ("username", USERNAME)):
        typed_by_mouse(window, name, text)
    for name in ("password", "again"):
        typed_by_mouse(window, name, PASSWORD)
    press(window, "完成设置并登录")
    assert window.path == "new-ledger/" and NAME in window.text("header")
    picture = tmp_path / "照片.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    drop(window, picture)
    assert "不是表格" in window.text("[role=alert]")
    drop(window, own_sheet(tmp_path))
    assert "清河县问题清单" in page.input_value("#name")
    # One answer that cannot be, and then what was meant; nothing typed is lost on the way.
    typed_by_mouse(window, "label-column_5", "问题描述")
    page.select_option("#kind-column_5", "choice")
    press(window, "启用，接着导入")
    assert "被两个字段认领" in window.text() and page.input_value("#kind-column_5") == "choice"
    typed_by_mouse(window, "label-column_5", "甲乙丙")
    press(window, "启用，接着导入")
    assert "尚未写入" in window.text() and "已启用台账“清河县问题清单”" in window.text()
    press(window, "确认导入")
    assert "已导入 3 条" in window.text()
    page.get_by_role("link", name="查看台账").click()
    page.wait_for_selector("table")
    assert "共 3 条" in window.text("#scope") and "东风路路灯不亮" in window.text()
    page.get_by_role("link", name="方案", exact=True).click()
    page.wait_for_selector("pre")
    assert 'label = "甲乙丙"' in window.text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载文件夹（.zip）").click()
    assert taken.value.suggested_filename == "qinghexianwentiqingdan-1.zip"


def typed_by_keys(window: Visit, name: str, text: str) -> None:
    tab_to(window, f"[name='{name}']")
    window.page.keyboard.press("Control+A")
    window.page.keyboard.type(text)


def test_from_an_empty_site_to_a_list_by_the_keyboard(newcomer: Newcomer, tmp_path: Path) -> None:
    window, link = newcomer
    page = window.page
    page.goto(link)
    for name, text in (("site", "清河县"), ("name", NAME), ("username", USERNAME)):
        typed_by_keys(window, name, text)
    for name in ("password", "again"):
        typed_by_keys(window, name, PASSWORD)
    enter(window)
    # Listened for in good time: what takes the chooser's place is set up beside the page, not before the next key.
    page.on("filechooser", lambda chooser: chooser.set_files(own_sheet(tmp_path)))
    tab_to(window, "[type=file]")
    page.keyboard.press("Space")
    page.wait_for_selector("[type=file]:valid")
    tab_to(window, "form[data-drop] button")
    enter(window)
    typed_by_keys(window, "name", "按键做的台账")
    # Enter in an input looks the draft through; it neither opens the ledger nor drafts anew.
    enter(window)
    assert "没有发现问题" in window.text() and page.input_value("#name") == "按键做的台账"
    tab_to(window, "#is-due_on")
    page.keyboard.press("Home")
    tab_to(window, "[name=taken-column_5]")
    page.keyboard.press("Space")
    tab_to(window, "button[value=text]")
    enter(window)
    text = page.input_value("textarea >> nth=0").partition("[playbook]")[2]
    assert 'name = "按键做的台账"' in text and "我们自己的列" not in text
    assert 'stands_for = "lead_unit"' in text and 'stands_for = "due_on"' not in text
    tab_to(window, "button[value=open]")
    enter(window)
    tab_to(window, "button[value=take]")
    enter(window)
    assert "已导入 3 条" in window.text()
    tab_to(window, "main a.btn-primary")
    enter(window)
    assert "共 3 条" in window.text("#scope") and "按键做的台账" in window.text("h1")
