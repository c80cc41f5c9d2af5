"""Why a file as a whole is not imported. What is wrong with single rows stands in the report instead."""

from __future__ import annotations

from typing import ClassVar

from taizhang.core.wording import Label


class ImportRefused(Exception):
    """Nothing was read into the ledger. `code` is stable, `message` says what to do."""

    code: ClassVar[str] = "import_refused"

    def __init__(self, message: Label) -> None:
        self.message = message
        super().__init__(str(message))


class ColumnsDoNotFit(ImportRefused):
    """Too few columns have a field, or a required field has no column."""

    code = "columns_do_not_fit"


class NothingToImport(ImportRefused):
    """Every sheet of the book is empty."""

    code = "nothing_to_import"


class NoSuchSheet(ImportRefused):
    code = "no_such_sheet"


class NoSuchColumn(ImportRefused):
    """A column named by the user is on none of the sheets."""

    code = "no_such_column"


class NoSuchField(ImportRefused):
    """A field named by the user is not in the playbook."""

    code = "no_such_field"


class FieldTwice(ImportRefused):
    """The user named one field for several columns of a sheet."""

    code = "field_twice"


class NoSuchMark(ImportRefused):
    """A colour named by the user is on none of the rows."""

    code = "no_such_mark"


class NoSuchMeaning(ImportRefused):
    """What the user says a colour means is neither a stage nor a flag."""

    code = "no_such_meaning"


class MayNotTakePersonal(ImportRefused):
    """A reason for taking personal columns was given by somebody who is no administrator."""

    code = "may_not_take_personal"


class ReasonTooShort(ImportRefused):
    """A reason for taking a personal column that says nothing."""

    code = "reason_too_short"


class MayNotImport(ImportRefused):
    """The acting or the typing person lacks the duty to register."""

    code = "may_not_import"
