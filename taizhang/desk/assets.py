"""The built front end: hashed file names by the manifest Vite writes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

FOLDER = Path(__file__).parent.parent / "static"
ENTRY = "src/app.js"


class Assets(NamedTuple):
    """Addresses of the one script and the styles of every page."""

    script: str
    styles: tuple[str, ...]


class NotBuilt(Exception):
    zh = "没有已生成的前端文件。请先运行 make setup。"
    en = "The front end has not been built. Run make setup first."


@cache
def assets() -> Assets:
    """Read once. Raises NotBuilt in a checkout where nobody ran the build."""
    try:
        manifest = json.loads((FOLDER / "taizhang" / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotBuilt from None
    built = manifest[ENTRY]
    return Assets(_address(built["file"]), tuple(map(_address, built.get("css", ()))))


def _address(file: str) -> str:
    return f"{settings.STATIC_URL}taizhang/{file}"
