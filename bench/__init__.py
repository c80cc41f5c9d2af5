"""Benchmarks: `make bench`, or `python -m bench [NAME …] [--size N …] [--profile]`. Never run in CI.

Each runs in a process and on a private embedded server of its own, whatever DATABASE_URL says, and
leaves nothing behind but its results. Other work on the machine stretches wall time; CPU time and
ratios hold. Nothing is asserted: a table goes to stdout, the same as JSON to `bench/results/`.
"""
