"""The scenes a demo can play in: a folder of texts per language, read and never named in Python.

`scenes/<language>/place.toml` has the site, its units, people and the words all ledgers share,
`plans/<playbook>.toml` beside it what one ledger is filled with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from taizhang.core.wording import Label, Language
from taizhang.demo.plan import Plan, plan_of
from taizhang.org.founding import OPERATOR
from taizhang.org.models import Site

_OPERATORS = {
    OPERATOR: Label(
        "操作员：建台账、单位写法、账号、备份、导入；不属于任何单位，不能核查和销号",
        "Operator: ledgers, names of units, accounts, backups, import; of no unit, can never verify or strike off",
    )
}
SCENES: Mapping[Language, Label] = {"zh": Label("中文", "Chinese"), "en": Label("英文", "English")}


@dataclass(frozen=True, slots=True)
class Scene:
    """One language's texts: `place` is `place.toml` as written."""

    language: Language
    place: Mapping[str, Any]
    plans: tuple[Plan, ...]

    @property
    def password(self) -> str:
        """Of all accounts; they exist in demo sites only, and it is printed there."""
        return str(self.place["password"])

    @property
    def accounts(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.place["account"]
        return rows

    @property
    def abouts(self) -> dict[str, Label]:
        """User name → what the account is for, along the way of an entry; the operator last."""
        return {row["username"]: Label(row["about"], row["about_en"]) for row in self.accounts} | _OPERATORS

    def called(self, what: str, **words: str) -> str:
        """What a unit, person or document of this kind is called: `[called]` says how names are put together."""
        return str(self.place["called"][what]).format(**words)


@cache
def scene(language: Language) -> Scene:
    """Every text of the scene in this language, with a plan for each of its playbooks in the order of their keys."""
    folder = files("taizhang.demo") / "scenes" / language
    plans = sorted(
        (path for path in (folder / "plans").iterdir() if path.name.endswith(".toml")),
        key=lambda path: path.name,
    )
    return Scene(
        language,
        _read(folder / "place.toml"),
        tuple(plan_of(path.name.removesuffix(".toml"), _read(path)) for path in plans),
    )


def scene_of(site: Site) -> Scene:
    """The scene a demo site was prepared from."""
    return scene(site.spoken)


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
