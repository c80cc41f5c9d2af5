"""What somebody does to an entry: the command for each verb, with the words and files that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.playbook import Role, Verb
from taizhang.core.values import Flag, Part, Purpose, Source, SourceKind
from taizhang.demo.life import LONGEST_TITLE, Life, lead_for, value_of
from taizhang.demo.pictures import picture
from taizhang.demo.prefecture import Prefecture
from taizhang.ledger.evidence import NewFile

TYPED_BY_CLERK, DAY_LATE, WITH_HELP, MORE_FILES = 0.06, 0.03, 0.15, 0.3
SOURCE_KINDS: tuple[SourceKind, ...] = ("telephone", "chat", "paper")


@dataclass(slots=True)
class Deed:
    """One step: who takes it, who types it, what is stored before and what is commanded.

    `before` comes ahead of the files, the command after them; `parts` are lives that begin with it.
    """

    life: Life
    verb: Verb
    acting: int
    typing: int
    command: c.AnyCommand | None
    source: Source | None = None
    files: list[NewFile] = field(default_factory=list)
    before: list[c.AnyCommand] = field(default_factory=list)
    parts: list[Life] = field(default_factory=list)


@dataclass(slots=True)
class Deeds:
    """Makes deeds. `new_id` gives the ids of entries that begin."""

    prefecture: Prefecture
    dice: Random
    new_id: Callable[[], UUID]

    def roles(self, life: Life, verb: Verb) -> list[Role]:
        """The roles of the playbook's move that somebody can take for this entry now, as the playbook lists them."""
        playbook = life.book.playbook
        move = playbook.move(verb, life.stage)
        roles = [] if move is None else [playbook.role_of[key] for key in move.who]
        return [role for role in roles if self._can_take(role, life)]

    def _can_take(self, role: Role, life: Life) -> bool:
        if role.duty != "handle":
            return role.duty in self.prefecture.by_duty
        if role.standing == "assisting":
            return bool(life.assisting)
        return life.lead is not None or role.standing == "any"

    def role_for(self, life: Life, verb: Verb) -> Role | None:
        """Who does it this time. Remarks are left to whoever reads along; a verifier never adds to the work."""
        roles = self.roles(life, verb)
        if verb == "attach":
            roles = [role for role in roles if role.duty == "handle"] or [
                r for r in roles if r.duty != "verify"
            ]
        if verb == "progress" and len(roles) > 1 and self.dice.random() < 0.3:
            return roles[-1]
        if not roles:
            return None
        return roles[-1] if verb == "comment" else roles[0]

    def of(self, life: Life, verb: Verb, role: Role, day: date) -> Deed:
        """The step as this role takes it on this day."""
        acting = self._person(role, life)
        command = getattr(self, f"_{verb}")(life, day)
        deed = Deed(life, verb, acting, acting, command)
        if isinstance(command, c.SplitEntry):
            deed.parts = [self._part(life, part, day) for part in command.parts]
        deed.files = list(self._files(life, verb))
        if role.duty == "dispatch" and life.accused is not None and "accusation" not in life.flags:
            named = (life.accused,)
            deed.before.append(c.SetFlag(entry_id=life.entry_id, flag="accusation", named_units=named))
        if role.duty == "handle" and not deed.before:
            self._late_or_for_another(deed, day)
        return deed

    def _person(self, role: Role, life: Life) -> int:
        if role.duty != "handle":
            return self.dice.choice(self.prefecture.by_duty[role.duty])
        unit = life.assisting[0] if role.standing == "assisting" else life.lead
        return self.prefecture.handlers[unit or lead_for(life, self.prefecture, self.dice)]

    def _late_or_for_another(self, deed: Deed, day: date) -> None:
        """Some steps are typed by a clerk, some a day late; both say what they rest on."""
        for_another, late = self.dice.random() < TYPED_BY_CLERK, self.dice.random() < DAY_LATE
        late = late and deed.life.moved_on < day
        if not (for_another or late):
            return
        if for_another:
            deed.typing = self.dice.choice(self.prefecture.by_duty["register"])
        source = deed.source = Source(self.dice.choice(SOURCE_KINDS), self._text(deed.life, "source"))
        if deed.command is not None:
            occurred_on = day - timedelta(days=1) if late else None
            deed.command = replace(deed.command, source=source, occurred_on=occurred_on)

    def _text(self, life: Life, verb: str, **given: str) -> str:
        return life.words.one_of(life.book.plan.texts[verb], **given)

    def _other(self, life: Life) -> int:
        """Another unit that could have it, at the last any department of the city."""
        for _ in range(8):
            unit = lead_for(life, self.prefecture, self.dice)
            if unit != life.lead:
                return unit
        names = self.prefecture.scene.place["departments"]["city"]
        known = (self.prefecture.department(name) for name in names)
        return self.dice.choice([unit for unit in known if unit is not None and unit != life.lead])

    def _due(self, day: date, least: int, most: int) -> date:
        return day + timedelta(days=self.dice.randint(least, most))

    def _amend(self, life: Life, day: date) -> c.AnyCommand:
        amend = life.book.plan.amends[life.stage]
        value = value_of(life.book, amend, life.words.telling(done=self._text(life, "report_done")), day)
        return c.AmendEntry(
            entry_id=life.entry_id, changes={amend.key: value}, reason=self._text(life, "amend")
        )

    def _admit(self, life: Life, _: date) -> c.AnyCommand:
        return c.AdmitEntry(entry_id=life.entry_id, notice=self._text(life, "admit", number=self._number()))

    def _decline(self, life: Life, _: date) -> c.AnyCommand:
        notice = self._text(life, "notice", number=self._number())
        return c.DeclineAdmission(entry_id=life.entry_id, reason=self._text(life, "decline"), notice=notice)

    def _number(self) -> str:
        return str(self.dice.randint(1, 999))

    def _assign(self, life: Life, day: date) -> c.AnyCommand:
        lead = lead_for(life, self.prefecture, self.dice)
        helpers = () if self.dice.random() > WITH_HELP else self._helpers(life, lead)
        return c.AssignEntry(
            entry_id=life.entry_id,
            lead_unit=lead,
            assisting_units=helpers,
            # Where several units have to work together, a leader above them sees to it.
            overseeing_post=self.prefecture.leader if helpers else None,
            due_on=self._due(day, 6, 30),
            text=self._text(life, "assign"),
        )

    def _helpers(self, life: Life, lead: int) -> tuple[int, ...]:
        """Departments in whose line it is, never one below the unit an accusation names."""
        known = (self.prefecture.department(name) for name in life.topic.line)
        return tuple(unit for unit in known if unit is not None and unit != lead)[:1]

    def _claim(self, life: Life, day: date) -> c.AnyCommand:
        return c.ClaimEntry(entry_id=life.entry_id, due_on=self._due(day, 6, 30))

    def _accept(self, life: Life, _: date) -> c.AnyCommand:
        return c.AcceptEntry(entry_id=life.entry_id)

    def _return(self, life: Life, _: date) -> c.AnyCommand:
        other = self._other(life)
        reason = self._text(life, "return", other=self.prefecture.names[other])
        return c.ReturnEntry(entry_id=life.entry_id, reason=reason, proposed_unit=other)

    def _transfer(self, life: Life, day: date) -> c.AnyCommand:
        other = self._other(life)
        reason = self._text(life, "transfer", other=self.prefecture.names[other])
        return c.TransferEntry(
            entry_id=life.entry_id, lead_unit=other, reason=reason, due_on=self._due(day, 6, 20)
        )

    def _split(self, life: Life, _: date) -> c.AnyCommand:
        parts: list[Part] = []
        for _n in range(2):
            life.words.forget("fault", "ask", "where")
            title = life.words.one_of(life.book.plan.titles)[:LONGEST_TITLE]
            parts.append(Part(self.new_id(), title))
        return c.SplitEntry(entry_id=life.entry_id, parts=tuple(parts), reason=self._text(life, "split"))

    def _part(self, life: Life, part: Part, day: date) -> Life:
        words = life.words.telling(title=part.title)
        return Life(
            part.entry_id, life.book, life.topic, life.place, words, life.book.playbook.first_stage, day,
            accused=life.accused, flags={"accusation"} & life.flags, amended={*life.amended}, parent=life,
        )  # fmt: skip

    def _progress(self, life: Life, _: date) -> c.AnyCommand:
        return c.ReportProgress(entry_id=life.entry_id, text=self._text(life, "progress"))

    def _attach(self, _life: Life, _: date) -> None:
        """The files are all there is to it."""

    def _report_done(self, life: Life, _: date) -> c.AnyCommand:
        return c.ReportDone(entry_id=life.entry_id, text=self._text(life, "report_done"))

    def _pass(self, life: Life, _: date) -> c.AnyCommand:
        return c.PassVerification(entry_id=life.entry_id, text=self._text(life, "pass"))

    def _fail(self, life: Life, day: date) -> c.AnyCommand:
        return c.FailVerification(
            entry_id=life.entry_id, reason=self._text(life, "fail"), due_on=self._due(day, 5, 15)
        )

    def _close_out(self, life: Life, _: date) -> c.AnyCommand:
        return c.CloseOutEntry(entry_id=life.entry_id, text=self._text(life, "close_out"))

    def _void(self, life: Life, _: date) -> c.AnyCommand:
        return c.VoidEntry(entry_id=life.entry_id, reason=self._text(life, "void"))

    def _comment(self, life: Life, _: date) -> c.AnyCommand:
        return c.MakeComment(entry_id=life.entry_id, text=self._text(life, "comment"))

    def _instruct(self, life: Life, day: date) -> c.AnyCommand:
        accounts = self.prefecture.scene.accounts
        by = next(row["post"] for row in accounts if "oversee" in row["duties"])
        return c.RecordInstruction(
            entry_id=life.entry_id, text=self._text(life, "instruct"), by=by, said_on=day
        )

    def _flag(self, life: Life, _: date) -> c.AnyCommand:
        return c.SetFlag(
            entry_id=life.entry_id,
            flag=self.dice.choice(self.flags_left(life)),
            note=self._text(life, "flag"),
        )

    def flags_left(self, life: Life) -> list[Flag]:
        return [flag for flag in life.book.plan.flags.get(life.stage, ()) if flag not in life.flags]

    def _send_claim(self, life: Life, _: date) -> c.AnyCommand:
        return c.SendClaimToVerification(entry_id=life.entry_id, text=self._text(life, "send_claim"))

    def _files(self, life: Life, verb: Verb) -> Iterator[NewFile]:
        """What the move needs and the entry has not, and sometimes more."""
        move = life.book.playbook.move(verb, life.stage)
        needs = move.needs if move is not None else frozenset()
        if "before_after" in needs or (verb == "report_done" and self.dice.random() < MORE_FILES / 3):
            yield self.file(life, "before")
        if needs & {"evidence", "before_after"} and (not life.file_count or self.dice.random() < MORE_FILES):
            yield self.file(life, "after")
        if verb == "attach":
            yield self.file(life, self.dice.choice(("other", "before")))

    def file(self, life: Life, purpose: Purpose) -> NewFile:
        """A picture, or a page of text, for all units that see the entry."""
        names, words = life.book.plan.files, life.words
        if purpose == "other":
            text = words.telling(done=self._text(life, "report_done")).say(names["text"])
            return NewFile(life.entry_id, words.say(names[purpose]), text.encode(), "text/plain", purpose)
        content = picture(self.dice.randrange(24), mended=purpose == "after")
        return NewFile(life.entry_id, words.say(names[purpose])[:200], content, "image/png", purpose)
