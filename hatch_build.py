"""The build hook: puts the built front end and the compiled translations into the wheel and the sdist.

Whoever installs a wheel needs neither npm nor gettext. Whoever installs from an sdist does not either: it
carries the built front end. Only building from a source checkout needs Node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NO_FRONT_END = """
没有 npm，也没有已生成的前端文件，无法从源码构建台账。请先安装 Node.js 20.19 或更高版本（含 npm），
或改装已发布的 wheel 包：pip install taizhang
There is neither npm nor a front end built before, so Taizhang cannot be built from this source tree.
Install Node.js 20.19 or newer (with npm), or install the published wheel: pip install taizhang
"""


class TaizhangBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling collects files; `version` is "standard", or "editable" for `pip install -e`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_messages(root / "taizhang" / "locale")
        if version != "editable":  # in a checkout `make setup` builds it
            build_front_end(root)


def compile_messages(locale: Path) -> None:
    """Write the .mo beside every .po under `locale`, without fuzzy entries, as msgfmt does."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)


def build_front_end(root: Path) -> None:
    """Build `frontend/` into `taizhang/static/`, or leave there what an sdist carries, or what make has just built.

    Stops with RuntimeError when there is nothing to ship and no npm to build it with.
    """
    built = (root / "taizhang" / "static" / "taizhang" / "manifest.json").is_file()
    unpacked_sdist = (root / "PKG-INFO").is_file()
    if built and (unpacked_sdist or os.environ.get("TAIZHANG_FRONT_END") == "built"):
        return
    npm = shutil.which("npm")
    if npm is None:
        if built:
            return
        raise RuntimeError(_NO_FRONT_END)
    for arguments in (["ci"], ["run", "build"]):
        subprocess.run([npm, *arguments], cwd=root / "frontend", check=True)
