"""The parsing child: bounded, alone with its pipes, and never left behind."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, perf_counter, sleep

import pytest

from taizhang.formats.sheet import child as child_program
from taizhang.formats.sheet import supervise
from taizhang.formats.sheet.limits import MIB, Limits
from taizhang.formats.sheet.refusals import Corrupt, OutOfMemory, OutOfTime, TooLarge
from taizhang.formats.sheet.sniff import Sniffed
from taizhang.formats.sheet.supervise import Child
from tests.formats.sheet.sheet_files import book_of, saved, xlsx_parts, zipped

ROOT = Path(__file__).parents[3]
needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at /proc, which Linux has")


@contextmanager
def child_of(path: Path, limits: Limits = Limits()) -> Iterator[Child]:  # noqa: B008 - frozen
    with path.open("rb") as file, Child(file, Sniffed("xlsx"), limits) as child:
        yield child


def far_cell(path: Path) -> Path:
    return saved(
        path, zipped(xlsx_parts('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'))
    )


@pytest.fixture(scope="module")
def slow_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file that takes the parser over a second: three million inline texts."""
    cells = "".join(f'<c t="inlineStr"><is><t>{"x" * 20}</t></is></c>' for _ in range(5000))
    return saved(tmp_path_factory.mktemp("slow") / "a.xlsx", zipped(xlsx_parts(f"<row>{cells}</row>" * 600)))


def gone(pid: int, within: float) -> bool:
    end = monotonic() + within
    while monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        sleep(0.02)
    return False


def test_a_file_that_asks_for_all_memory_costs_only_the_child(tmp_path: Path) -> None:
    begun = perf_counter()
    with child_of(far_cell(tmp_path / "a.xlsx")) as child, pytest.raises(OutOfMemory) as caught:
        child.heads()
    assert perf_counter() - begun < 5
    assert caught.value.facts == {"megabytes": 1536}


def test_memory_is_bounded_by_the_limit_given(slow_book: Path) -> None:
    with child_of(slow_book, Limits(memory_bytes=200 * MIB)) as child, pytest.raises(OutOfMemory):
        child.heads()


def test_a_parser_that_takes_too_long_is_ended(slow_book: Path) -> None:
    with child_of(slow_book, Limits(wall_seconds=0.2)) as child:
        begun = perf_counter()
        with pytest.raises(OutOfTime):
            child.heads()
        assert perf_counter() - begun < 5


def test_a_parser_that_burns_its_time_is_ended_by_the_system(slow_book: Path) -> None:
    with child_of(slow_book, Limits(cpu_seconds=1)) as child, pytest.raises(OutOfTime) as caught:
        child.heads()
    assert caught.value.facts == {"seconds": 1}


def test_a_limit_set_from_outside_is_never_asked_to_rise() -> None:
    assert child_program._within(1000, 600) == 600
    assert child_program._within(500, 600) == 500
    assert child_program._within(1000, resource.RLIM_INFINITY) == 1000


def test_noise_given_to_the_parser_is_a_refusal_not_a_traceback(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", b"PK\x03\x04 nothing")
    with child_of(path) as child, pytest.raises(Corrupt):
        child.heads()


def test_a_child_killed_in_the_middle_is_reported(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", [["序号", "问题"], *[[n, "长" * 200] for n in range(20_000)]])
    with child_of(path) as child:
        child.heads()
        chunks = child.chunks(0)
        next(chunks)
        child._process.send_signal(signal.SIGABRT)
        with pytest.raises(OutOfMemory):
            list(chunks)


def test_the_child_starts_at_once(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", [["序号", "问题"], [1, "甲"]])
    times = []
    for _ in range(3):
        begun = perf_counter()
        with child_of(path) as child:
            child.heads()
        times.append(perf_counter() - begun)
    assert min(times) < 2


@needs_proc
def test_the_child_holds_only_its_pipes_and_no_environment_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    path = book_of(tmp_path / "a.xlsx", [["序号", "问题"], [1, "甲"]])
    with (tmp_path / "x").open("wb") as other:
        os.set_inheritable(other.fileno(), True)
        with child_of(path) as child:
            child.heads()
            held = [entry.readlink() for entry in Path(f"/proc/{child._process.pid}/fd").iterdir()]
            environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert sorted(str(link).split(":")[0] for link in held) == ["/dev/null", "pipe", "pipe", "pipe"]
    assert b"DATABASE_URL" not in environment


@needs_proc
def test_closing_ends_the_child_whatever_it_does(slow_book: Path) -> None:
    with slow_book.open("rb") as file:
        child = Child(file, Sniffed("xlsx"), Limits())
        child.close()
        child.close()
    assert gone(child._process.pid, within=0.5)


@needs_proc
def test_the_child_dies_with_its_parent_even_inside_the_parser(slow_book: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from taizhang.formats.sheet.limits import Limits
        from taizhang.formats.sheet.sniff import Sniffed
        from taizhang.formats.sheet.supervise import Child
        child = Child(open(sys.argv[1], "rb"), Sniffed("xlsx"), Limits())
        print(child._process.pid, flush=True)
        child.heads()
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(slow_book)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        sleep(0.3)
        assert not gone(pid, within=0.01)
        parent.kill()
    assert gone(pid, within=0.5)


def test_a_line_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "_LONGEST_LINE", 1000)
    path = book_of(tmp_path / "a.xlsx", [["序号", "问题"], [1, "长" * 30_000]])
    with child_of(path) as child, pytest.raises(TooLarge):
        child.heads()
