"""The command line as a user has it: a process of its own, a plain locale, bytes out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taizhang.postgres import is_running

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "taizhang.cli"]
PATIENCE = 30  # seconds


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Nothing of whoever runs the tests but where programs are; LANG=C is what cron and ssh give."""
    plain = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C"}
    return {**plain, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **given}


class Terminal:
    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str, **variables: str) -> Said:
        """Run one command to its end. What it wrote must be UTF-8, and never a stack trace."""
        given = environment({"TAIZHANG_DATA": str(self.data), **variables})
        ended = subprocess.run(
            [*COMMAND, *arguments], env=given, capture_output=True, timeout=PATIENCE, check=False
        )
        said = Said(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))
        assert "Traceback" not in said.err
        return said

    def done(self, *arguments: str, **variables: str) -> Said:
        said = self.run(*arguments, **variables)
        assert said.code == 0, said
        return said

    def refused(self, *arguments: str, **variables: str) -> Said:
        said = self.run(*arguments, **variables)
        assert said.code == 1, said
        return said

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """A `serve` that says it has started; ended by force if the test did not end it."""
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=environment({"TAIZHANG_DATA": str(self.data)}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            assert "网页和后台工作已启动" in process.stdout.readline().decode("utf-8")
            yield process
        finally:
            process.kill()
            process.communicate()
            while is_running(self.data):
                time.sleep(0.01)

    def stopped(self, process: subprocess.Popen[bytes], signalled: signal.Signals) -> tuple[int, float, str]:
        """Signal a process; its exit code, the seconds it took, and what it wrote on stderr."""
        start = time.monotonic()
        process.send_signal(signalled)
        _out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, time.monotonic() - start, err.decode("utf-8")
