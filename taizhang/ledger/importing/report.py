"""What came of an import: counts that add up, and everything that was not taken or had to be supposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from taizhang.core.wording import Language
from taizhang.formats.sheet.grid import BLANK, Skipped

SKIPPED_WORDS: dict[str, tuple[str, str]] = {
    BLANK: ("空行", "blank"),
    "numbered_blank": ("只有序号的空行", "blank but for its number"),
    "total": ("合计行", "a total"),
    "footer": ("表尾说明", "a note under the table"),
    "repeated_header": ("重复的表头", "the header repeated"),
    "title": ("标题行", "a title"),
    "meta": ("填报信息行", "filled in above the table"),
    "header": ("表头", "the header"),
    "hidden": ("隐藏行，按选择未导入", "a hidden row, left out as wished"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about one cell. `place` is (sheet index, row), for giving the row back."""

    cell: str
    field: str
    message: str
    place: tuple[int, int]

    def as_json(self) -> dict[str, str]:
        return {"cell": self.cell, "field": self.field, "message": self.message}


@dataclass(slots=True)
class Report:
    """`read` = `registered` + `unchanged` + `changed` + `refused`; `suspicious` and `claimed` are among the
    registered. `spread`: entries beyond one for each row, of rows that become one for each of several units.
    Cells are named as the sheet names them (`F12`, in books of several tables `Sheet2!F12`).

    `marks` are the colours and struck lines with what they were taken to mean, `remarks` and `pictures` how many
    came in, `hidden_rows` how many rows are hidden, `barred` the columns about persons, `unread` what the sheet
    says without words and nobody heard."""

    language: Language
    dry_run: bool
    read: int = 0
    registered: int = 0
    unchanged: int = 0
    changed: int = 0
    refused: int = 0
    suspicious: int = 0
    claimed: int = 0
    claims_sent: int = 0
    spread: int = 0
    errors: list[Fault] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    suspicions: list[dict[str, Any]] = field(default_factory=list)
    several: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    unmapped: list[dict[str, Any]] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    barred: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    remarks: int = 0
    pictures: int = 0
    hidden_rows: int = 0
    batch: UUID | None = None
    returned: str | None = None

    def word(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def skip(self, skipped: Skipped, sheet: str) -> None:
        """Blank rows in a row are one line of the list: `row` to `until`."""
        why = self.word(*SKIPPED_WORDS[skipped.why])
        last = self.skipped[-1] if self.skipped else {}
        follows = last.get("until", last.get("row")) == skipped.row - 1 and last.get("sheet") == sheet
        if skipped.why == BLANK and follows and last.get("why") == why:
            last["until"] = skipped.row
        else:
            self.skipped.append({"row": skipped.row, "why": why, "sheet": sheet})

    def reasons(self) -> dict[tuple[int, int], str]:
        """Why each row was not taken, by its place."""
        found: dict[tuple[int, int], list[str]] = {}
        for fault in self.errors:
            colon = self.word("：", ": ")
            text = f"{fault.cell} {fault.field}{colon}{fault.message}" if fault.field else fault.message
            found.setdefault(fault.place, []).append(text)
        return {place: self.word("；", "; ").join(texts) for place, texts in found.items()}

    def as_json(self) -> dict[str, Any]:
        return dict(self._entries())

    def _entries(self) -> Iterator[tuple[str, Any]]:
        for count in ("read", "registered", "unchanged", "changed", "refused", "suspicious"):
            yield count, getattr(self, count)
        yield "errors", [fault.as_json() for fault in self.errors]
        for name in (
            "skipped",
            "suspicions",
            "several",
            "notes",
            "unmapped",
            "sheets",
            "marks",
            "barred",
            "unread",
            "remarks",
            "pictures",
            "hidden_rows",
            "claimed",
            "claims_sent",
            "spread",
            "dry_run",
        ):
            yield name, getattr(self, name)
        yield "batch", str(self.batch) if self.batch is not None else None
        yield "returned", self.returned
