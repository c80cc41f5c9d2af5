"""Choosing units: one list per page that every input shares, and reading back what was chosen or typed."""

from __future__ import annotations

from datetime import date

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from taizhang.core.units import Units
from taizhang.desk.asking import Asking

_rendered: dict[tuple[int, frozenset[int] | None, date], SafeString] = {}
_MOST_KEPT = 64


def unit_options(asking: Asking) -> SafeString:
    """`<option>`s of the units in force within scope, for a `<datalist>`; drawn once per tree and scope."""
    key = (id(asking.units), asking.scope.unit_ids, asking.today)
    known = _rendered.get(key)
    if known is None:
        if len(_rendered) >= _MOST_KEPT:
            _rendered.clear()
        known = _rendered[key] = format_html_join("", '<option value="{}"></option>', _names(asking))
    return known


def _names(asking: Asking) -> list[tuple[str]]:
    covered = asking.scope.unit_ids
    return [
        (span.name,)
        for span in asking.units.spans.values()
        if (covered is None or span.unit_id in covered) and span.exists_on(asking.today)
    ]


def units_named(text: str, units: Units, day: date) -> list[int]:
    """The units in force of this full name; several where two are called the same."""
    wanted = text.strip()
    return [span.unit_id for span in units.spans.values() if span.name == wanted and span.exists_on(day)]


def full_width(typed: str) -> str:
    """A typed label with its brackets as Chinese labels have them, so that those of either language are read alike."""
    return typed.replace("(", "（").replace(")", "）")
