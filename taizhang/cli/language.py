"""Which language the terminal speaks: Chinese, the language of our msgids, or English from the catalogue.

This reads Django's catalogue with the standard library, because `taizhang --help` and the playbook
commands answer before, and faster than, Django loads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from gettext import NullTranslations, translation
from pathlib import Path

from taizhang.core.wording import Language

LOCALE = Path(__file__).parent.parent / "locale"
VARIABLE = "TAIZHANG_LANG"

_catalogue = NullTranslations()


def asked_for(arguments: Sequence[str]) -> Language:
    """The language of this call: `--lang` wherever it stands, else TAIZHANG_LANG, else Chinese.

    Looked for before anything is parsed, because the parser's own words depend on it.
    """
    given = os.environ.get(VARIABLE, "")
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            given = "".join(arguments[place + 1 : place + 2])
        elif argument.startswith("--lang="):
            given = argument.partition("=")[2]
    return "en" if given.lower().startswith("en") else "zh"


def speak(language: Language) -> None:
    """Let `gettext` answer in this language from now on."""
    global _catalogue  # noqa: PLW0603 - one terminal, one language
    wanted = ["en"] if language == "en" else []
    _catalogue = translation("django", LOCALE, wanted, fallback=True) if wanted else NullTranslations()


def gettext(text: str) -> str:
    """The Chinese text in the language spoken; the text itself where the catalogue has none."""
    return _catalogue.gettext(text)
