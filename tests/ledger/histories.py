"""Random histories of a small office, written through `handle` over some weeks of a turned clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.values import EvidenceRef, Part, RowOrigin
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from tests.ledger.office import BY_PHONE, Office, rows

KINDS = ("环境", "安全", "安全/消防")


class Years:
    """A seeded source of commands; `ids` are the entries there are."""

    def __init__(self, office: Office, seed: int, start: date = date(2026, 3, 2)) -> None:
        self.office, self.dice, self.day = office, Random(seed), start
        self.ids: list[UUID] = []
        self.stage_of: dict[UUID, str] = {}
        self.written = 0
        self.units = [office.county, office.town, office.section, office.other_town, office.checking]
        self.turn(0)

    def turn(self, days: int) -> None:
        """Go on some days; the clock stands at 07:30 in Shanghai, still the day before in UTC."""
        self.day += timedelta(days=days)
        self.office.at(
            datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) - timedelta(minutes=30)
        )

    def live(self, days: int, busy: int = 9) -> None:
        """Some days of work, new entries and old ones, by people of several units."""
        for _ in range(days):
            self.turn(self.dice.choice([1, 1, 2]))
            doer = ("办理员丙", self.dice.choice([self.office.section, *self.units]))
            desk, checker = ("交办员乙", self.office.city), ("核查员丁", self.office.checking)
            for (person, unit), theirs in (
                (desk, ("new", "verified", "claimed")),
                (doer, ("assigned", "working")),
                (doer, ("working",)),
                (checker, ("done", "verified")),
            ):
                self.stage_of = dict(
                    rows("SELECT entry_id, stage FROM entry WHERE stage = ANY(%s)", list(theirs))
                )
                self.send([self.command() for _ in range(busy)], person, unit)

    def send(self, commands: list[c.AnyCommand], person: str, unit: int) -> None:
        acting = self.office.agent(person, unit, scope=self.office.city)
        typing = (
            self.office.agent("登记员甲", self.office.town, scope=self.office.city)
            if self.dice.random() < 0.2
            else acting
        )
        result = handle(commands, Actor(acting, typing), on_refusal="skip")
        for command, outcome in zip(commands, result.outcomes, strict=True):
            if outcome.version is not None:
                self.written += 1
                if isinstance(command, c.SplitEntry):
                    self.ids += [part.entry_id for part in command.parts]
                elif isinstance(command, c.RegisterEntry):
                    self.ids.append(command.entry_id)

    def command(self) -> c.AnyCommand:
        dice = self.dice
        back = dice.choice([None, None, None, timedelta(days=dice.randint(1, 9))])
        given: dict[str, Any] = {"occurred_on": self.day - back if back else None, "source": BY_PHONE}
        if not self.ids or dice.random() < 0.15:
            return self.registration(**given)
        if self.stage_of and dice.random() < 0.7:
            return self.forward(dice.choice(list(self.stage_of)), given)
        return self.any_step(dice.choice(self.ids), given)

    def registration(self, **given: Any) -> c.RegisterEntry:
        dice = self.dice
        fields = {"title": f"第{dice.randint(1, 999)}号", "measure": "修"}
        if dice.random() < 0.7:
            fields["kind"] = dice.choice(KINDS)
        if dice.random() < 0.3:
            fields["phone"] = f"138{dice.randint(0, 99_999_999):08d}"
        origin = RowOrigin(
            key=f"{dice.getrandbits(64):016x}", digest="ab" * 8, file="表.xlsx", sheet="一", row=7
        )
        return self.office.registration(
            fields=fields,
            closure_claimed=dice.choice(["", "", "", "关闭"]),
            lead_unit=dice.choice([None, *self.units]),
            assisting_units=dice.choice([(), (self.office.county,)]),
            origin=dice.choice([None, origin]),
            flags=dice.choice([(), (), (), ("carried",), ("accusation",)]),
            named_units=dice.choice([(), (self.office.other_county,)]),
            **given,
        )

    def forward(self, entry: UUID, given: dict[str, Any]) -> c.AnyCommand:
        """The step that brings the entry on; random ones alone rarely close anything."""
        due, more = self.day + timedelta(days=9), {"entry_id": entry, **given}
        passes, fails = c.PassVerification(**more), c.FailVerification(reason="没修好", **more)
        verdicts: list[c.AnyCommand] = [passes, fails]
        forward: dict[str, c.AnyCommand] = {
            "new": c.AssignEntry(
                lead_unit=self.dice.choice([self.office.town, *self.units]), due_on=due, **more
            ),
            "assigned": c.AcceptEntry(**more),
            "done": self.dice.choice(verdicts),
            "verified": c.CloseOutEntry(**more),
            "claimed": c.SendClaimToVerification(**more),
        }
        working: list[c.AnyCommand] = [
            c.AmendEntry(changes={"measure": "修", "kind": self.dice.choice(KINDS)}, **more),
            c.ReportDone(**more),
        ]
        return forward.get(self.stage_of[entry]) or self.dice.choice(working)

    def any_step(self, entry: UUID, given: dict[str, Any]) -> c.AnyCommand:
        dice, unit = self.dice, self.dice.choice(self.units)
        due = self.day + timedelta(days=dice.randint(0, 20))
        more: dict[str, Any] = {"entry_id": entry, **given}
        steps: list[c.AnyCommand] = [
            c.AssignEntry(
                lead_unit=unit, due_on=due, assisting_units=dice.choice([(), (self.office.city,)]), **more
            ),
            c.AcceptEntry(**more),
            c.AcceptEntry(**more),
            c.ClaimEntry(**more),
            c.AmendEntry(
                changes={"kind": dice.choice([None, *KINDS]), "measure": "修"},
                due_on=dice.choice([None, due]),
                **more,
            ),
            c.ReportProgress(text="进展", **more),
            c.AttachEvidence(evidence=EvidenceRef(uuid4(), "ab", "image/png", 1), **more),
            c.ReportDone(**more),
            c.ReportDone(**more),
            c.PassVerification(**more),
            c.PassVerification(**more),
            c.FailVerification(reason="没修好", **more),
            c.CloseOutEntry(**more),
            c.ReturnEntry(reason="不属本单位", **more),
            c.TransferEntry(lead_unit=unit, reason="转", **more),
            c.SplitEntry(parts=(Part(new_id(), "一", unit), Part(new_id(), "二")), reason="分", **more),
            c.VoidEntry(reason="重复", **more),
            c.SetFlag(flag="accusation", named_units=(self.office.other_town,), **more),
            c.ClearFlag(flag="accusation", reason="查否", **more),
            c.ClearFlag(flag="accusation", reason="查否", **more),
            c.ClearFlag(flag="accusation", reason="查否", **more),
            c.SetFlag(flag="carried", **more),
            c.SendClaimToVerification(**more),
            c.MakeComment(text="留言", **more),
        ]
        return dice.choice(steps)
