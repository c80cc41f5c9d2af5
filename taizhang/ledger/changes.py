"""What changed on an entry since somebody looked, in the words of its playbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from taizhang.core import events as e
from taizhang.core.playbook import Playbook, Verb
from taizhang.core.wording import Label
from taizhang.org.models import Person

VERB_OF: dict[type[Any], Verb] = {
    e.EntryRegistered: "register",
    e.EntryAmended: "amend",
    e.EntryAdmitted: "admit",
    e.AdmissionDeclined: "decline",
    e.EntryAssigned: "assign",
    e.EntryClaimed: "claim",
    e.EntryAccepted: "accept",
    e.EntryReturned: "return",
    e.EntryTransferred: "transfer",
    e.EntrySplit: "split",
    e.ProgressReported: "progress",
    e.EvidenceAttached: "attach",
    e.DoneReported: "report_done",
    e.VerificationPassed: "pass",
    e.VerificationFailed: "fail",
    e.EntryClosedOut: "close_out",
    e.EntryVoided: "void",
    e.CommentMade: "comment",
    e.InstructionRecorded: "instruct",
    e.FlagSet: "flag",
    e.FlagCleared: "flag",
    e.ClaimSentToVerification: "send_claim",
}
MOST_NAMED = 3


def changed_since(version: int, history: Sequence[e.Recorded], playbook: Playbook, zone: tzinfo) -> Label:
    """Who did what and when after `version`, the latest first; of many the last few and how many there were."""
    later = [recorded for recorded in reversed(history) if recorded.version > version]
    names = dict(
        Person.objects.filter(pk__in={recorded.acted_by for recorded in later}).values_list("id", "name")
    )
    count = len(later)
    more = Label(f"（共 {count} 项）", f" ({count} in all)") if count > MOST_NAMED else Label("")
    said = []
    for recorded in later[:MOST_NAMED]:
        who = names.get(recorded.acted_by, f"#{recorded.acted_by}")
        start = f"{who} {recorded.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}"
        what = _label(recorded.event, playbook)
        said.append(Label(f"{start} {what.zh}", f"{start} {what.text('en')}"))
    return Label(
        "；".join(words.zh for words in said) + more.zh, "; ".join(words.en for words in said) + more.en
    )


def _label(event: e.Event, playbook: Playbook) -> Label:
    verb = VERB_OF[type(event)]
    labels = (move.label for move in playbook.moves if move.verb == verb)
    return next(labels, Label("转办", "transfer") if verb == "transfer" else Label(verb))
