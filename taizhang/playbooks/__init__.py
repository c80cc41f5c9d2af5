"""Playbook folders as texts: the ones shipped beside this module, and anybody's on disk.

`core.playbook_text` reads the texts and `core.playbook_check` proves them; here are only the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.playbook_text import PAPERS, belongs
from taizhang.core.wording import Label

LARGEST_FILE = 2 * 1024 * 1024
MOST_FILES = 200
"""Bounds on a folder: bytes of one file, and how many files belong to it."""


class NoSuchPlaybook(Exception):
    """Neither a shipped playbook's key nor a folder with a `playbook.toml`; `message` says which there are."""

    def __init__(self, given: str) -> None:
        known = "、".join(shipped_keys())
        self.message = Label(
            f"没有“{given}”这个方案：它既不是自带方案（{known}），也不是含有 {MAIN_FILE} 的文件夹。",
            f"There is no playbook “{given}”: it is neither shipped ({known}) nor a folder with a {MAIN_FILE}.",
        )
        super().__init__(self.message.zh)


def shipped_keys() -> tuple[str, ...]:
    """The keys of the playbooks shipped with the program, in order."""
    return tuple(
        sorted(
            folder.name
            for folder in files(__name__).iterdir()
            if folder.is_dir() and (folder / MAIN_FILE).is_file()
        )
    )


def texts_of(given: str) -> dict[str, str]:
    """The texts of a shipped playbook by its key, or of a folder by its path.

    A word that is both means the shipped one; write `./word` for the folder. Raises
    `NoSuchPlaybook`, and `PlaybookRefused` for files that cannot be taken.
    """
    if given in shipped_keys():
        return _texts(files(__name__) / given)
    folder = Path(given)
    if not (folder / MAIN_FILE).is_file():
        raise NoSuchPlaybook(given)
    return _texts(folder)


def _texts(folder: Traversable) -> dict[str, str]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, file in _belonging(folder):
        found = _text(file) if len(texts) < MOST_FILES else _TOO_MANY
        if isinstance(found, str):
            texts[name] = found
        else:
            problems.append(Problem(name, 1, name, found))
            if found is _TOO_MANY:
                break
    problems += _strays(folder)
    if problems:
        raise PlaybookRefused(problems)
    return texts


def _belonging(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """The files that are part of the playbook, by their name in it; hidden ones (`._playbook.csv`) are not."""
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name == PAPERS.rstrip("/") and file.is_dir():
            papers = sorted(file.iterdir(), key=lambda each: each.name)
            found = [(PAPERS + paper.name, paper) for paper in papers]
        else:
            found = [(file.name, file)]
        for name, each in found:
            if not each.name.startswith(".") and belongs(name) and (each.is_file() or _is_link(each)):
                yield name, each
