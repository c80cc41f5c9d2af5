"""Playbook folders as texts: the ones shipped beside this module, and anybody's on disk.

`core.playbook_text` reads the texts and `core.playbook_check` proves them; here are only the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.playbook_text import PAPERS, belongs
from taizhang.core.wording import Label

SHIPPED = Path(__file__).parent
LARGEST_FILE = 2 * 1024 * 1024
MOST_FILES = 200
"""Bounds on a folder: bytes of one file, and how many files belong to it."""


class NoSuchPlaybook(Exception):
    """Neither a shipped key nor a folder with a `playbook.toml`; `message` says which keys there are."""

    def __init__(self, given: str) -> None:
        known = "、".join(shipped_keys())
        self.message = Label(
            f"没有“{given}”这个方案：它既不是自带方案（{known}），也不是含有 {MAIN_FILE} 的文件夹。",
            f"There is no playbook “{given}”: neither shipped ({known}) nor a folder with a {MAIN_FILE}.",
        )
        super().__init__(self.message.zh)


def shipped_keys() -> tuple[str, ...]:
    """The keys of the playbooks shipped with the program, in order."""
    return tuple(sorted(main.parent.name for main in SHIPPED.glob(f"*/{MAIN_FILE}")))


def texts_of(given: str) -> dict[str, str]:
    """The texts of a shipped playbook by its key, or of a folder by its path.

    A word that is both means the shipped one; `./word` is the folder. Raises `NoSuchPlaybook`,
    `PlaybookRefused` for files that cannot be taken, and OSError for those that cannot be read.
    """
    folder = SHIPPED / given if given in shipped_keys() else Path(given)
    if not (folder / MAIN_FILE).is_file():
        raise NoSuchPlaybook(given)
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, file in _belonging(folder):
        found = _text(file, folder) if len(texts) < MOST_FILES else _TOO_MANY
        if isinstance(found, str):
            texts[name] = found
        else:
            problems.append(Problem(name, 1, name, found))
        if found is _TOO_MANY:
            break
    if problems:
        raise PlaybookRefused(problems)
    return texts


def _belonging(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that are part of the playbook, by name; what a Mac leaves behind (`._x.csv`) is not."""
    for file in sorted([*folder.iterdir(), *folder.glob(f"{PAPERS}*")]):
        name = file.relative_to(folder).as_posix()
        if belongs(name) and not file.name.startswith("."):
            yield name, file


def _text(file: Path, folder: Path) -> str | Label:
    """What stands in the file, or why it cannot be taken."""
    if not file.resolve().is_relative_to(folder.resolve()):
        return _ELSEWHERE
    if not file.is_file():
        return _NO_FILE
    with file.open("rb") as opened:
        content = opened.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return _TOO_LARGE
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _NOT_UTF8


_TOO_MANY = Label(
    f"文件太多（最多 {MOST_FILES} 个）", f"is one file too many: a playbook has at most {MOST_FILES}"
)
_ELSEWHERE = Label("是指向方案文件夹以外的链接", "links to a place outside the playbook's folder")
_NO_FILE = Label("不是普通文件", "is no ordinary file")
_TOO_LARGE = Label(
    f"太大（最多 {LARGEST_FILE // 1024 // 1024} MB）",
    f"is too large (at most {LARGEST_FILE // 1024 // 1024} MB)",
)
_NOT_UTF8 = Label(
    "不是 UTF-8 编码，请另存为 UTF-8（Excel 里选“CSV UTF-8”）",
    "is not UTF-8: save it as UTF-8 (“CSV UTF-8” in Excel)",
)
