"""The time line: who did what, in which post and unit, who typed it, when, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from taizhang.core.entry import Entry, evolve
from taizhang.core.events import EntryRegistered, EntryTransferred, EvidenceAttached, Recorded
from taizhang.core.values import SOURCE_KINDS, EvidenceRef
from taizhang.desk.asking import listed
from taizhang.desk.columns import flag_word, text_of
from taizhang.desk.kinds import kind_words
from taizhang.desk.sight import Sight
from taizhang.ledger.changes import VERB_OF


@dataclass(frozen=True, slots=True)
class Change:
    """`what` went from `old` to `new`; texts alone stand in `new`."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Happened:
    what: str
    who: str
    where: str
    stood_in_for: str | None
    typed_by: str
    at: str
    for_day: str
    source: str
    said: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    file: EvidenceRef | None = None


def time_line(sight: Sight) -> list[Happened]:
    """The latest first."""
    before: Entry | None = None
    found = []
    for recorded in sight.history:
        after = evolve(before, recorded)
        found.append(_happened(sight, recorded, before, after))
        before = after
    return found[::-1]


def _happened(sight: Sight, recorded: Recorded, before: Entry | None, after: Entry) -> Happened:
    asking = sight.asking
    at = recorded.recorded_at.astimezone(asking.site.zone)
    unit = asking.units.name(recorded.unit_id) if recorded.unit_id is not None else ""
    post = sight.posts.get(recorded.post_id or 0, "")
    return Happened(
        what=_label(sight, recorded, before),
        who=sight.people.get(recorded.acted_by, f"#{recorded.acted_by}"),
        where=" ".join(filter(None, (unit, post))),
        stood_in_for=_stood_in_for(sight, recorded, at.date()),
        typed_by=sight.people.get(recorded.typed_by, "") if recorded.for_another else "",
        at=f"{at:%Y-%m-%d %H:%M}",
        for_day=recorded.occurred_on.isoformat() if recorded.occurred_on != at.date() else "",
        source=_source(sight, recorded),
        said=tuple(_said(recorded)),
        changes=tuple(_changes(sight, before, after)) if before is not None else (),
        file=recorded.event.evidence if isinstance(recorded.event, EvidenceAttached) else None,
    )


def _stood_in_for(sight: Sight, recorded: Recorded, day: date) -> str | None:
    """Whose post it was, where the person only stood in for it; "" where nobody held it."""
    return sight.standing_in.get((recorded.acted_by, recorded.post_id or 0, day))


def _label(sight: Sight, recorded: Recorded, before: Entry | None) -> str:
    verb = VERB_OF[type(recorded.event)]
    if isinstance(recorded.event, EntryTransferred) and recorded.event.reorganised:
        return _("机构调整转办")
    move = sight.playbook.move(verb, before.stage) if before is not None else sight.playbook.register_move
    return sight.asking.word(move.label) if move is not None else verb


def _source(sight: Sight, recorded: Recorded) -> str:
    if recorded.source is None:
        return ""
    kind = SOURCE_KINDS[recorded.source.kind][sight.asking.language == "en"]
    return f"{kind} {recorded.source.note}".strip()


def _said(recorded: Recorded) -> Iterator[tuple[str, str]]:
    """The words that came with it."""
    event = recorded.event
    labels = {
        "by": _("批示人"),
        "said_on": _("批示日期"),
        "text": _("说明"),
        "reason": _("理由"),
        "notice": _("书面告知"),
        "note": _("备注"),
        "closure_claimed": _("原表自称"),
    }
    for name, label in labels.items():
        if value := getattr(event, name, None):
            yield label, str(value)
    if isinstance(event, EvidenceAttached):
        yield _("材料"), kind_words(event.evidence)
    if isinstance(event, EntryRegistered):
        for remark in event.remarks:
            author = _("（") + remark.author + _("）") if remark.author else ""
            yield _("原表批注") + f" {remark.cell}{author}", remark.text


def _changes(sight: Sight, before: Entry, after: Entry) -> Iterator[Change]:
    asking, playbook = sight.asking, sight.playbook
    units = asking.units
    if before.stage != after.stage:
        old, new = (asking.word(playbook.stage_label(entry.stage)) for entry in (before, after))
        yield Change(_("环节"), old, new)
    pairs = (
        (_("牵头单位"), *(units.name(one.lead_unit) if one.lead_unit else "" for one in (before, after))),
        (_("协办单位"), *(listed(map(units.name, one.assisting_units)) for one in (before, after))),
        (_("责任人"), *(sight.posts.get(one.responsible_post or 0, "") for one in (before, after))),
        (_("分管领导"), *(sight.posts.get(one.overseeing_post or 0, "") for one in (before, after))),
        (_("到期日"), *(one.due_on.isoformat() if one.due_on else "" for one in (before, after))),
        (_("标记"), *(listed(flag_word(flag, asking) for flag in one.flags) for one in (before, after))),
    )
    for what, old, new in pairs:
        if old != new:
            yield Change(what, old, new)
    for item in playbook.fields:
        was, now = before.fields.get(item.key), after.fields.get(item.key)
        if was != now:
            yield Change(asking.word(item.label), text_of(item, was, asking), text_of(item, now, asking))
