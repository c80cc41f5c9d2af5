"""The story: a handful of entries in known states on a demo site, and a sheet of our own to drop in.

A scene's `story.toml` says what they are; docs/demo.md is the script that plays them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.playbook import Playbook
from taizhang.core.values import EvidenceRef, Source, Value
from taizhang.demo.life import value_in
from taizhang.demo.pictures import picture
from taizhang.demo.year import DemoRefused
from taizhang.formats.sheet.write import OutColumn, OutSheet, write_sheet
from taizhang.ledger import ledgers
from taizhang.ledger.evidence import NewFile, store_all
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.ledgers import OpenLedger
from taizhang.ledger.whole_file import whole_file
from taizhang.org.agents import actor_of, agent_of
from taizhang.org.models import Site, Tenure
from taizhang.org.sites import today

PICTURE = 5
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What there is now: the sheet, and of each entry its number, its title and what it is for."""

    sheet: Path
    entries: tuple[tuple[str, str, str], ...]


def tell(site: Site, folder: Path) -> Told:
    """Set the story up on a demo site as of now, with its sheet in the folder."""
    given = _story(site)
    with transaction.atomic():
        entries = tuple(_Teller(site, row).tell() for row in given["entry"])
    folder.mkdir(parents=True, exist_ok=True)
    return Told(_write_sheet(site, given["sheet"], folder), entries)


def _story(site: Site) -> dict[str, Any]:
    file = files("taizhang.demo") / "scenes" / site.spoken / "story.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


class _Teller:
    """Brings one entry to where the story needs it, step by step, each by whose turn it is."""

    def __init__(self, site: Site, given: Row) -> None:
        self.site, self.given, self.day = site, given, today(site)
        ledger = ledgers.by_key(site, given["ledger"])
        assert ledger is not None, "the scene's plans open it"
        self.ledger: OpenLedger = ledger
        self.playbook: Playbook = ledgers.playbook(ledger.playbook_sha)
        self.entry_id: UUID = new_id()

    def tell(self) -> tuple[str, str, str]:
        title = self.playbook.field_standing_for("title")
        assert title is not None, "every playbook has one"
        number = self._do(self.given["by"], self._registration())
        for step in self.given.get("step", ()):
            self._do(step["by"], self._command(step))
        return number, self.given["fields"][title.key], self.given["about"]

    def _do(self, username: str, command: c.AnyCommand) -> str:
        outcome = handle([command], self._actor(username)).outcomes[0]
        if outcome.refusal is not None:
            raise DemoRefused(f"{self.given['about']}: {outcome.refusal.message}")
        return outcome.number

    def _actor(self, username: str) -> Actor:
        return actor_of(agent_of(_tenure(username).person_id, on=self.day))

    def _registration(self) -> c.RegisterEntry:
        claimed = self.given.get("claimed")
        return c.RegisterEntry(
            entry_id=self.entry_id,
            ledger_id=self.ledger.ledger_id,
            fields=dict(self._values(self.given["fields"])),
            lead_unit=_tenure(claimed["of"]).post.unit_id if claimed else None,
            closure_claimed=claimed["word"] if claimed else "",
            source=Source("sheet", claimed["sheet"]) if claimed else None,
        )

    def _values(self, fields: Row) -> dict[str, Value]:
        read = ((key, value_in(self.playbook, key, text, self.day)) for key, text in fields.items())
        return {key: value for key, value in read if value is not None}

    def _command(self, step: Row) -> c.AnyCommand:
        entry_id, text = self.entry_id, step.get("text", "")
        match step["verb"]:
            case "assign":
                unit, due = _tenure(step["to"]).post.unit_id, self.day + timedelta(days=step["days"])
                return c.AssignEntry(entry_id=entry_id, lead_unit=unit, due_on=due, text=text)
            case "accept":
                return c.AcceptEntry(entry_id=entry_id)
            case "progress":
                return c.ReportProgress(entry_id=entry_id, text=text)
            case "attach":
                return c.AttachEvidence(entry_id=entry_id, evidence=self._picture(step))
            case "report_done":
                return c.ReportDone(entry_id=entry_id, text=text)
            case verb:
                raise DemoRefused(f"{self.given['about']}: {verb}")

    def _picture(self, step: Row) -> EvidenceRef:
        purpose = step["purpose"]
        content = picture(PICTURE, mended=purpose == "after")
        return store_all([NewFile(self.entry_id, step["file"], content, "image/png", purpose)])[0]


def _tenure(username: str) -> Tenure:
    return Tenure.objects.select_related("post").get(person__username=username)


def _write_sheet(site: Site, given: Row, folder: Path) -> Path:
    """The office's own sheet, as offices have them: a title, a filled-in line, a header in two rows."""
    target = folder / str(given["file"])
    columns = [
        OutColumn(column["label"], "text", column.get("width", 14), tuple(column.get("above", ())))
        for column in given["column"]
    ]
    sheet = OutSheet(
        given["name"], columns, given["title"], given["meta"], language=site.spoken, paper=site.paper
    )
    with whole_file(target) as file:
        write_sheet(file, sheet, given["rows"])
    return target
