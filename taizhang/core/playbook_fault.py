"""A fault of a playbook as the rules find it, before its line is looked up."""

from __future__ import annotations

from dataclasses import dataclass

from taizhang.core.playbook import Playbook
from taizhang.core.playbook_problem import Problem
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.toml_lines import Path, line_of
from taizhang.core.wording import Label

ROWS = {"field": "fields", "stage": "stages", "role": "roles", "move": "moves", "metric": "metrics"}


@dataclass(frozen=True, slots=True)
class Fault:
    """`table` and the 0-based `row` in it (None for a table written once), the `key`, and what is wrong."""

    table: str
    row: int | None
    key: str
    message: Label

    def located(self, playbook: Playbook) -> Problem:
        path: Path = (self.table, self.key) if self.row is None else (self.table, self.row, self.key)
        return Problem(MAIN_FILE, line_of(playbook.lines, path), self._named(playbook), self.message)

    def _named(self, playbook: Playbook) -> str:
        if self.row is None:
            return f"{self.table}.{self.key}"
        row = getattr(playbook, ROWS[self.table])[self.row]
        return f"{self.table}.{row.verb if self.table == 'move' else row.key}.{self.key}"
