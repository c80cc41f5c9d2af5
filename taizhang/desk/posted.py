"""What was typed into a form, read into a command. Nothing typed is dropped: what does not fit is said
beside its input, and the form is shown again as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from taizhang.core import commands as c
from taizhang.core.entry import Entry
from taizhang.core.fields import FieldError, imprecise, parse
from taizhang.core.playbook import Playbook
from taizhang.core.values import FLAGS, EvidenceRef, Flag, Part, Purpose, Source, SourceKind, Value
from taizhang.desk.asking import Asking, listed
from taizhang.desk.inputs import FIELD, PART_ROWS
from taizhang.desk.picking import units_named
from taizhang.desk.posts import Part as PostPart
from taizhang.desk.posts import posts_called
from taizhang.ledger.identity import new_id

_SEPARATOR = re.compile(r"[、,，;；\n]+")


class Posted:
    """The form of one request. `problems` are by the input's name."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.request: HttpRequest = asking.request
        self.problems: dict[str, str] = {}

    def text(self, name: str) -> str:
        return str(self.request.POST.get(name, "")).replace("\r\n", "\n").strip()

    def day(self, name: str) -> date | None:
        given = self.text(name)
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            self.problems[name] = _("请写成 2026-11-21 这样的日期")
            return None

    def number(self, name: str) -> int | None:
        given = self.text(name)
        return int(given) if given.isdecimal() and given.isascii() and len(given) < 10 else None

    def unit(self, name: str) -> int | None:
        given = self.text(name)
        return self._unit(name, given) if given else None

    def units(self, name: str) -> tuple[int, ...]:
        pieces = [piece.strip() for piece in _SEPARATOR.split(self.text(name)) if piece.strip()]
        found = [self._unit(name, piece) for piece in pieces]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _unit(self, name: str, given: str) -> int | None:
        found = units_named(given, self.asking.units, self.asking.today)
        if len(found) == 1:
            return found[0]
        words = _("没有这个单位：{name}") if not found else _("有几个单位都叫“{name}”，请联系操作员改名")
        self.problems[name] = words.format(name=given)
        return None

    def post(self, part: PostPart, lead: int | None) -> int | None:
        """The post typed for this part under the lead unit."""
        given = self.text(part)
        if not given or lead is None:
            return None
        found = posts_called(self.asking, part, lead, given)
        if len(found) == 1:
            return found[0].post.post_id
        unit = self.asking.units.name(lead)
        if found:
            names = listed(choice.label for choice in found)
            self.problems[part] = _("有几个岗位符合“{name}”，请选定一个：{all}").format(name=given, all=names)
        elif part == "responsible_post":
            self.problems[part] = _("{unit}没有“{name}”这个岗位，也没有叫这个名字的在岗人员").format(
                unit=unit, name=given
            )
        else:
            self.problems[part] = _(
                "{unit}及其上级单位没有“{name}”这个岗位，也没有叫这个名字的在岗人员"
            ).format(unit=unit, name=given)
        return None

    def file(self, name: str) -> UploadedFile[bytes] | None:
        return self.request.FILES.get(name)

    def source(self) -> Source | None:
        kind = self.text("source_kind")
        return Source(cast("SourceKind", kind), self.text("source_note")) if kind else None

    def fields(self, playbook: Playbook, *, keeps_sealed: bool) -> dict[str, Value | None]:
        """Every field of the form as events keep it; None where it is empty."""
        found: dict[str, Value | None] = {}
        for item in playbook.fields:
            name = f"{FIELD}{item.key}"
            if name not in self.request.POST:
                continue
            typed = self.text(name)
            if item.is_sealed and keeps_sealed and not typed:
                continue
            answer = parse(item, typed, today=self.asking.today)
            if isinstance(answer, FieldError):
                self.problems[name] = self.asking.word(answer.message)
            elif answer.value is None and answer.text and item.kind in ("date", "datetime"):
                found[item.key] = imprecise(answer.text)
            else:
                found[item.key] = answer.value
        return found

    def due_in(self, playbook: Playbook, values: Mapping[str, Value | None]) -> date | None:
        """The day in the field that stands for the due date, where it names one."""
        item = playbook.field_standing_for("due_on")
        value = values.get(item.key) if item is not None else None
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None


def registration_of(posted: Posted, ledger_id: int, playbook: Playbook, entry_id: UUID) -> c.RegisterEntry:
    """Units in force by their names become the lead and assisting units."""
    values = {
        key: value for key, value in posted.fields(playbook, keeps_sealed=False).items() if value is not None
    }
    lead, assisting = playbook.field_standing_for("lead_unit"), playbook.field_standing_for("assisting_units")
    return c.RegisterEntry(
        entry_id=entry_id,
        ledger_id=ledger_id,
        fields=values,
        lead_unit=posted.unit(f"{FIELD}{lead.key}") if lead is not None else None,
        assisting_units=posted.units(f"{FIELD}{assisting.key}") if assisting is not None else (),
        due_on=posted.due_in(playbook, values),
        occurred_on=posted.day("occurred_on"),
        source=posted.source(),
    )


def command_of(verb: str, entry: Entry, posted: Posted, playbook: Playbook) -> c.AnyCommand | None:
    """The command of a move's form; None for a verb that is no move of the page. `AttachEvidence` holds a
    stand-in until the file is stored."""
    given: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "expected_version": posted.number("expected_version"),
        "occurred_on": posted.day("occurred_on"),
        "source": posted.source(),
    }
    text, reason = posted.text("text"), posted.text("reason")
    match verb:
        case "admit":
            return c.AdmitEntry(notice=posted.text("notice"), **given)
        case "decline":
            return c.DeclineAdmission(reason=reason, notice=posted.text("notice"), **given)
        case "assign":
            return _assign(posted, text, given)
        case "claim":
            return c.ClaimEntry(due_on=posted.day("due_on"), **given)
        case "accept":
            return c.AcceptEntry(**given)
        case "return":
            return c.ReturnEntry(reason=reason, proposed_unit=posted.unit("proposed_unit"), **given)
        case "transfer":
            lead = posted.unit("lead_unit")
            _require(posted, "lead_unit", lead)
            return c.TransferEntry(lead_unit=lead or 0, reason=reason, due_on=posted.day("due_on"), **given)
        case "split":
            return c.SplitEntry(parts=_parts(posted), reason=reason, **given)
        case "amend":
            values = posted.fields(playbook, keeps_sealed=True)
            changed = {key: value for key, value in values.items() if value != entry.fields.get(key)}
            due = posted.day("due_on") or posted.due_in(playbook, changed)
            return c.AmendEntry(changes=values, due_on=due, reason=reason, **given)
        case _:
            return _said(verb, text, reason, posted, given)


def _said(verb: str, text: str, reason: str, posted: Posted, given: dict[str, Any]) -> c.AnyCommand | None:
    match verb:
        case "progress":
            return c.ReportProgress(text=text, **given)
        case "attach":
            return _attach(posted, given)
        case "report_done":
            return c.ReportDone(text=text, **given)
        case "pass":
            return c.PassVerification(text=text, **given)
        case "fail":
            return c.FailVerification(reason=reason, due_on=posted.day("due_on"), **given)
        case "close_out":
            return c.CloseOutEntry(text=text, **given)
        case "void":
            return c.VoidEntry(reason=reason, **given)
        case "comment":
            return c.MakeComment(text=text, **given)
        case "instruct":
            return c.RecordInstruction(
                text=text, by=posted.text("by"), said_on=posted.day("said_on"), **given
            )
        case "send_claim":
            return c.SendClaimToVerification(text=text, **given)
        case "flag" | "unflag":
            return _flag(verb, reason, posted, given)
        case _:
            return None


def _assign(posted: Posted, text: str, given: dict[str, Any]) -> c.AssignEntry:
    lead = posted.unit("lead_unit")
    _require(posted, "lead_unit", lead)
    return c.AssignEntry(
        lead_unit=lead or 0,
        assisting_units=posted.units("assisting_units"),
        responsible_post=posted.post("responsible_post", lead),
        overseeing_post=posted.post("overseeing_post", lead),
        due_on=posted.day("due_on"),
        text=text,
        **given,
    )


def _attach(posted: Posted, given: dict[str, Any]) -> c.AttachEvidence:
    if posted.file("file") is None:
        posted.problems["file"] = _("请选一个文件")
    purpose = posted.text("purpose") or "other"
    if purpose not in get_args(Purpose):
        posted.problems["purpose"] = _("请选一个用途")
    for_units = posted.text("for_units") != "reporter"
    evidence = replace(stand_in(), purpose=cast("Purpose", purpose), for_units=for_units)
    return c.AttachEvidence(evidence=evidence, **given)


def _require(posted: Posted, name: str, value: object) -> None:
    if value is None:
        posted.problems.setdefault(name, _("请填写"))


def _flag(verb: str, reason: str, posted: Posted, given: dict[str, Any]) -> c.AnyCommand:
    flag = posted.text("flag")
    if flag not in FLAGS:
        posted.problems["flag"] = _("请选一个标记")
    if verb == "unflag":
        return c.ClearFlag(flag=cast("Flag", flag), reason=reason, **given)
    named = posted.units("named_units")
    if flag == "accusation" and not named:
        posted.problems.setdefault("named_units", _("检举控告须写明被检举控告的单位"))
    return c.SetFlag(flag=cast("Flag", flag), named_units=named, note=posted.text("note"), **given)


def _parts(posted: Posted) -> tuple[Part, ...]:
    rows = [(posted.text(f"part-{n}"), posted.unit(f"part-unit-{n}")) for n in range(1, PART_ROWS + 1)]
    return tuple(Part(new_id(), title, unit) for title, unit in rows if title)


def stand_in() -> EvidenceRef:
    return EvidenceRef(new_id(), "", "application/octet-stream", 0)
