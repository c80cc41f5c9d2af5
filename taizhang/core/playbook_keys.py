"""Every key of the playbook language: one table for the reader, for `docs/playbooks.md` and for its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taizhang.core.actor import DUTIES
from taizhang.core.playbook import FIELD_KINDS, NEEDS, STAGE_KINDS, STANDINGS, STANDS_FOR, VERBS

Shape = Literal["text", "texts", "text or texts", "whole", "yesno"]


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key: its shape, whether it must be there, and the words allowed if limited."""

    shape: Shape = "text"
    needed: bool = False
    words: tuple[str, ...] = ()


_LABELS = {"label": Key(needed=True), "label_en": Key()}

KEYS: dict[str, dict[str, Key]] = {
    "playbook": {
        "schema": Key("whole", needed=True),
        "key": Key(needed=True),
        "version": Key(needed=True),
        "name": Key(needed=True),
        "name_en": Key(),
        "about": Key(),
        "about_en": Key(),
        "entry": Key(),
        "entry_en": Key(),
    },
    "number": {"pattern": Key(), "period": Key(words=("year", "none"))},
    "field": {
        "key": Key(needed=True),
        **_LABELS,
        "kind": Key(words=FIELD_KINDS),
        "choices": Key("texts"),
        "categories": Key("text or texts"),
        "unit": Key(),
        "decimals": Key("whole"),
        "required": Key("yesno"),
        "required_at": Key("texts"),
        "visibility": Key(words=("public", "internal", "sealed")),
        "original": Key("yesno"),
        "subject": Key(),
        "stands_for": Key(words=STANDS_FOR),
        "synonyms": Key("texts"),
    },
    "stage": {
        "key": Key(needed=True),
        **_LABELS,
        "kind": Key(words=STAGE_KINDS),
        "clock": Key(),
        "no_clock": Key(),
    },
    "role": {
        "key": Key(needed=True),
        **_LABELS,
        "duty": Key(needed=True, words=tuple(DUTIES)),
        "standing": Key(words=STANDINGS),
    },
    "move": {
        "verb": Key(needed=True, words=VERBS),
        **_LABELS,
        "from": Key("text or texts"),
        "to": Key(),
        "who": Key("texts", needed=True),
        "needs": Key("texts", words=tuple(NEEDS)),
    },
    "list": {"columns": Key("texts")},
    "sheet": {"key": Key("texts"), "closed_words": Key("texts"), "starts_at": Key()},
    "metric": {
        "key": Key(needed=True),
        **_LABELS,
        "count": Key(needed=True, words=("standing", "entered", "left")),
        "stages": Key("text or texts", needed=True),
        "period": Key(words=("day", "week", "month", "year", "all")),
    },
    "briefing": {"text": Key(needed=True)},
}
"""Tables and their keys. Those in `REPEATED` are written `[[table]]`, once for each row."""

REPEATED = ("field", "stage", "role", "move", "metric")
NEEDED_TABLES = ("playbook", "field", "stage", "role", "move")
