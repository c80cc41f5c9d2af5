"""Why a backup was not made, or is not restored."""

from __future__ import annotations

from taizhang.core.wording import Label


class BackupRefused(Exception):
    """Nothing was made or changed; `message` is for the user."""

    def __init__(self, zh: str, en: str) -> None:
        self.message = Label(zh, en)
        super().__init__(f"{zh} {en}")
