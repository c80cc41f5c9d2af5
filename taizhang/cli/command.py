"""What a command of the terminal is, and how it says no."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from taizhang.cli.say import Say

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""


class Refused(Exception):
    """Ends the command with exit code 1 and these words, Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(f"{zh} {en}")


class WrongUse(Refused):
    """Arguments that do not fit together: the words, the usage and exit code 2."""


def no_arguments(parser: ArgumentParser) -> None:
    """Nothing beyond what every command takes."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the terminal can do.

    `name` is one word, or two for a command of a group (`playbook check`). `help` is one Chinese
    line, translated when shown. `run(args, say)` answers with the exit code. With `needs_site` it
    runs on an opened site: Django is set up and `taizhang.org.sites.the_site()` answers; its
    module imports Django, org and ledger inside functions only, so that others start fast. With
    `founding` a folder without a site is made ready for one, and the command sees to the rest. With
    `finishes` what was written is sealed and packed before the program ends.
    """

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Say], int]
    needs_site: bool = True
    founding: bool = False
    finishes: bool = True
