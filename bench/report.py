"""What a benchmark says: rows for a table, and what was wanted beside what came out."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width

from bench.office import Office

PROFILED = 45
"""Lines of a profile."""


@dataclass(slots=True)
class Report:
    """Filled by a benchmark. With `profiling` there are profiles by what they look at, and `remarks` on them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    profiling: bool = False
    profiles: dict[str, cProfile.Profile] = field(default_factory=dict)

    def want(self, what: str, value: float, *, least: float | None = None, most: float | None = None) -> None:
        """A figure with its target; missing it is stated, not punished."""
        met = (least is None or value >= least) and (most is None or value <= most)
        target = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
        self.wanted.append({"what": what, "is": round(value, 2), "wanted": target, "met": met})

    @contextmanager
    def profiled(self, what: str = "") -> Iterator[None]:
        """Mark what a profile is to look at; this thread alone."""
        if not self.profiling:
            yield
            return
        with self.profiles.setdefault(what, cProfile.Profile()):
            yield

    def profile_text(self) -> str:
        """Every profile by own and by cumulative time, then the remarks."""
        out = io.StringIO()
        for what, profile in self.profiles.items():
            print(f"\n== {what}".rstrip(" ="), file=out)
            stats = pstats.Stats(profile, stream=out).strip_dirs()
            stats.sort_stats("tottime").print_stats(PROFILED)
            stats.sort_stats("cumtime").print_stats(PROFILED)
        print(*self.remarks, sep="\n\n", file=out)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark with its full sizes; `run` measures in an empty office. `profiled_apart`: in runs of their
    own, so that figures are figures all the same."""

    name: str
    about: str
    sizes: tuple[int, ...]
    run: Callable[[Office, Sequence[int], Report], None]
    profiled_apart: bool = False


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as text, a column for every key in the order met."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines = [keys, *([_cell(row.get(key, "")) for key in keys] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            _pad(cell, width, left=n == 0) for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if left else gap + text
