"""`python -m bench`: each benchmark in a process of its own, one after the other."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import briefing, handling, importing, machine, paging, rebuilding, web
from bench.office import found, private_server
from bench.report import Benchmark, Report, table

BENCHMARKS = {
    each.BENCHMARK.name: each.BENCHMARK for each in (importing, handling, rebuilding, briefing, web, paging)
}
RESULTS = Path(__file__).parent / "results"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--size", type=int, nargs="+", metavar="N", help="entries, in place of the full size")
    parser.add_argument(
        "--profile", action="store_true", help="also write where the time of the program goes"
    )
    args = parser.parse_args(argv)
    unknown = [name for name in args.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    names = args.names or list(BENCHMARKS)
    if len(names) == 1:
        _run(BENCHMARKS[names[0]], args.size, profiled=args.profile)
        return 0
    more = [
        *(["--profile"] if args.profile else []),
        *(["--size", *map(str, args.size)] if args.size else []),
    ]
    calls = ([sys.executable, "-m", "bench", name, *more] for name in names)
    return max(subprocess.run(call, check=False).returncode for call in calls)


def _run(benchmark: Benchmark, sizes: Sequence[int] | None, *, profiled: bool) -> None:
    report = Report(profiling=profiled)
    sizes = tuple(sizes or benchmark.sizes)
    RESULTS.mkdir(exist_ok=True)
    before = {"load before": round(machine.load(), 2), "pace before": round(machine.pace(), 1)}
    with private_server():
        about = machine.facts()
        benchmark.run(found(), sizes, report)
    after = {"load after": round(machine.load(), 2), "pace after": round(machine.pace(), 1)}
    about |= before | after
    _print(benchmark, about, sizes, report)
    _keep(benchmark, about, sizes, report)


def _print(benchmark: Benchmark, about: dict[str, object], sizes: Sequence[int], report: Report) -> None:
    print(f"\n== {benchmark.name}: {benchmark.about}; {', '.join(f'{size:,}' for size in sizes)}")
    print("; ".join(f"{name} {value}" for name, value in about.items()))
    if report.profiling and not benchmark.profiled_apart:
        print("figures under a profiler are too high")
    print(table(report.rows))
    if report.wanted:
        print(table(report.wanted))


def _keep(benchmark: Benchmark, about: dict[str, object], sizes: Sequence[int], report: Report) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    kept = {
        "benchmark": benchmark.name,
        "sizes": sizes,
        "machine": about,
        "profiled": report.profiling,
        "rows": report.rows,
        "wanted": report.wanted,
    }
    target = RESULTS / f"{stamp}-{benchmark.name}.json"
    target.write_text(json.dumps(kept, ensure_ascii=False, indent=2), encoding="utf-8")
    if report.profiling:
        text = report.profile_text()
        target.with_suffix(".profile.txt").write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    sys.exit(main())
