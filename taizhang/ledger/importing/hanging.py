"""What hangs on the cells of a row on its way to the entry: comments become its remarks, pictures its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.playbook import Playbook
from taizhang.core.rules import MOST_TEXT
from taizhang.core.values import CellRemark, Source
from taizhang.core.wording import Label, is_storable
from taizhang.formats.sheet.attached import Comment, Picture
from taizhang.formats.sheet.book import Book
from taizhang.formats.sheet.cells import column_letter
from taizhang.ledger.evidence import MOST_BYTES, NewFile, store_all
from taizhang.ledger.importing.mapping import ColumnMap
from taizhang.ledger.importing.personal import without_numbers

_ANYWHERE = frozenset({"any", "ledger", "registering"})
_LONGEST_AUTHOR = 100

ON_SEALED = Label(
    "批注写在密封或不导入的个人信息列上，没有登记；要留的请由有权的人另行补录",
    "a comment on a sealed column, or one about persons that is not taken, was not registered",
)
TOO_LONG = Label(
    f"批注超过 {MOST_TEXT} 字，没有登记；请存成文件作佐证",
    f"a comment of more than {MOST_TEXT} characters was not registered; attach it as a file",
)
TOO_LARGE = Label("图片超过 50 MB，没有登记", "a picture of more than 50 MB was not registered")
NOT_ALLOWED = Label(
    "按方案，登记人在这一环节不能附佐证，图片没有登记；请由办理单位另传",
    "by the playbook whoever registers may attach nothing at this stage; the picture was not registered",
)
KNOWN_ROW = Label(
    "条目早已登记，这一行的批注、图片没有再登记",
    "the entry was registered before; this row's comments and pictures were not taken",
)
NO_ROW = Label(
    "不在数据行上的批注或图片，没有登记", "a comment or picture on no row of data was not registered"
)

Untaken = tuple[str, Label]
"""The sheet's cell, and why what hangs on it is not taken."""


def remarks_of(
    comments: Sequence[Comment], columns: ColumnMap
) -> tuple[tuple[CellRemark, ...], list[Untaken]]:
    """The remarks an entry takes, without identity numbers, and those it cannot."""
    secret = {each.column.letter for each in columns.mapped if each.field.is_sealed}
    secret |= {each.column.letter for each in columns.barred}
    taken, untaken = [], []
    for one in comments:
        if column_letter(one.column) in secret:
            untaken.append((one.cell, ON_SEALED))
        elif (
            len(one.text) > MOST_TEXT
            or len(one.author) > _LONGEST_AUTHOR
            or not is_storable(one.text + one.author)
        ):
            untaken.append((one.cell, TOO_LONG))
        else:
            taken.append(CellRemark(one.cell, without_numbers(one.text), without_numbers(one.author)))
    return tuple(taken), untaken


def pictures_of(
    pictures: Sequence[Picture], stage: str, playbook: Playbook, actor: Actor
) -> tuple[list[Picture], list[Untaken]]:
    """The pictures that can become evidence of an entry at this stage, and those that cannot."""
    if not pictures:
        return [], []
    if not _may_attach(stage, playbook, actor):
        return [], [(one.cell, NOT_ALLOWED) for one in pictures]
    large = [one for one in pictures if one.size > MOST_BYTES]
    return [one for one in pictures if one not in large], [(one.cell, TOO_LARGE) for one in large]


def _may_attach(stage: str, playbook: Playbook, actor: Actor) -> bool:
    """Whether whoever registers may attach at this stage. What depends on the entry's units, the ledger decides."""
    move = playbook.move("attach", stage)
    roles = [playbook.role_of[role] for role in move.who] if move is not None else []
    duties = actor.acting.duties
    return any(role.duty in duties and (role.standing in _ANYWHERE or actor.acting.unit_id) for role in roles)


@dataclass(slots=True)
class Pictures:
    """The pictures of the rows that are registered, until they are stored."""

    of: dict[UUID, list[Picture]] = field(default_factory=dict)

    def commands(self, book: Book, commands: Sequence[c.AnyCommand]) -> Iterator[c.AnyCommand]:
        """The commands with those that attach behind each registration. Each file is on disk before its command."""
        for command in commands:
            yield command
            if isinstance(command, c.RegisterEntry) and command.origin and command.entry_id in self.of:
                yield from self._attaching(book, command.entry_id, command.origin.sheet)

    def _attaching(self, book: Book, entry_id: UUID, sheet: str) -> Iterator[c.AttachEvidence]:
        pictures = self.of[entry_id]
        files = [NewFile(entry_id, f"{sheet} {one.cell}.{one.suffix}", book.picture(one)) for one in pictures]
        for one, ref in zip(pictures, store_all(files), strict=True):
            source = Source("sheet", f"{sheet} {one.cell}")
            yield c.AttachEvidence(entry_id=entry_id, evidence=ref, source=source)
