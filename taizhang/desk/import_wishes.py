"""The form of an import's preview, read: what was chosen otherwise than it was shown, and the wishes it makes."""

from __future__ import annotations

from collections.abc import Mapping

from taizhang.core.playbook import Playbook
from taizhang.desk import uploads
from taizhang.desk.preview import CHOICE, REASON, UNPLACED
from taizhang.desk.sign_choices import HIDDEN_COLUMNS, HIDDEN_ROWS, LEAVE, MARK, TAKE
from taizhang.desk.uploads import Upload
from taizhang.ledger.importing import ColumnChoice
from taizhang.ledger.importing.mapping import LEFT_OUT
from taizhang.ledger.importing.marks import NOTHING, meanings

_PREFIXES = (CHOICE, REASON, MARK)
MOST_REASON = 500


class MadeUp(ValueError):
    """A form no preview has shown."""


def chosen_in(posted: Mapping[str, object], playbook: Playbook, upload: Upload) -> dict[str, str]:
    """What the form says of each choice the preview showed. Raises MadeUp."""
    chosen = {
        name: str(value).strip() if name.startswith(REASON) else str(value)
        for name, value in posted.items()
        if name.startswith(_PREFIXES) or name in (HIDDEN_ROWS, HIDDEN_COLUMNS)
    }
    if not chosen.keys() <= upload.shown.keys():
        raise MadeUp
    fields = {*playbook.field_of, LEFT_OUT, UNPLACED}
    means = {NOTHING, *(one.value for one in meanings(playbook))}
    for name, value in chosen.items():
        allowed = fields if name.startswith(CHOICE) else means if name.startswith(MARK) else {TAKE, LEAVE}
        if len(value) > MOST_REASON if name.startswith(REASON) else value not in allowed:
            raise MadeUp
    return chosen


def change(upload: Upload, chosen: Mapping[str, str]) -> bool:
    """Keep what was chosen otherwise than shown; whether there was anything."""
    changed = {name for name, value in chosen.items() if upload.shown[name] != value}
    if not changed:
        return False
    uploads.wish(
        upload,
        given=_given(upload, chosen, changed),
        marks=_after(MARK, chosen),
        reasons={name: value for name, value in _after(REASON, chosen).items() if value},
        leaves_rows=chosen.get(HIDDEN_ROWS, TAKE) == LEAVE,
    )
    return True


def column_choice(upload: Upload) -> ColumnChoice:
    return ColumnChoice(given=upload.given, reasons=upload.reasons)


def _given(upload: Upload, chosen: Mapping[str, str], changed: set[str]) -> dict[str, str]:
    """The columns the person means. What a page shows as left out by itself (a row counter) is nobody's wish; the
    hidden ones follow the choice made for all of them, where that is what changed."""
    columns = _after(CHOICE, chosen)
    wishes = {
        name
        for name, value in columns.items()
        if value != LEFT_OUT or CHOICE + name in changed or name in upload.given
    }
    given = {name: value for name, value in columns.items() if name in wishes and value != UNPLACED}
    if HIDDEN_COLUMNS in changed:
        leaves = chosen[HIDDEN_COLUMNS] == LEAVE
        given = {name: value for name, value in given.items() if name not in upload.hidden}
        given |= dict.fromkeys(upload.hidden, LEFT_OUT) if leaves else {}
    return given


def _after(prefix: str, chosen: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in chosen.items() if name.startswith(prefix)}
