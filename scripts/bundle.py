"""`make bundle`: one folder from which Taizhang is installed where there is no internet, no compiler and no root.

It holds our wheel, every wheel it needs for CPython 3.11 to 3.14 on x86_64 and aarch64 with glibc 2.28 or newer, and
what stands in bundle/: the installer, the systemd units, the settings, the instructions. Every wheel is one whose
hash requirements/ has. `--only this` takes the running Python and processor alone, `--out DIR` another place.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import cast

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")
GLIBC = 28
"""The oldest, 2.28: Debian 10, openEuler 20.03, Kylin V10, UOS 20, RHEL 8."""
NAMES = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
MEBIBYTE = 1024**2

Target = tuple[str, str]
"""Python's version and the processor."""


def main() -> int:
    parser = ArgumentParser(prog="make bundle", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=["this"], help="the running Python and processor alone")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the folder is made")
    args = parser.parse_args()
    started = time.monotonic()
    targets = [this()] if args.only else [(python, machine) for machine in MACHINES for python in PYTHONS]
    version = re.search(r'^__version__ = "(.+)"$', text("taizhang/__init__.py"), re.MULTILINE)
    assert version is not None
    final = args.out / f"taizhang-{version[1]}-bundle"
    draft = final.with_name(f".{final.name}")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "wheelhouse").mkdir(parents=True)
    try:
        lacking = fill(draft, targets)
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    size = sum(file.stat().st_size for file in final.rglob("*") if file.is_file())
    say(f"{final}: {size / MEBIBYTE:.0f} MB, {time.monotonic() - started:.0f} s")
    for name, (python, machine) in lacking:
        say(f"缺少 missing: {name} 没有 has no wheel for Python {python} {machine}")
    return 1 if lacking else 0


def fill(folder: Path, targets: list[Target]) -> list[tuple[str, Target]]:
    """Put everything in; which package has no wheel for which target."""
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        ".",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
    )
    needed = needs(targets)
    locked = [entry for name, entry in entries("lock.txt") if name in needed]
    (folder / "requirements.txt").write_text("".join(locked), encoding="utf-8")
    installer = "".join(entry for _name, entry in entries("bundle.txt"))
    lacking = []
    for target in targets:
        say(f"Python {target[0]} {target[1]} …")
        lacking += [(name, target) for name in fetch(folder, [*locked, installer], target)]
    for source in sorted((ROOT / "bundle").iterdir()):
        shutil.copy(source, folder)
    (folder / "targets.txt").write_text(
        "".join(
            f"{python} {machine}\n"
            for python, machine in targets
            if target_is_whole(python, machine, lacking)
        ),
        encoding="utf-8",
    )
    shutil.copy(ROOT / "LICENSE", folder)
    write_sums(folder)
    return lacking


def target_is_whole(python: str, machine: str, lacking: list[tuple[str, Target]]) -> bool:
    return not any(target == (python, machine) for _name, target in lacking)


def this() -> Target:
    return f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine()


def needs(targets: list[Target]) -> set[str]:
    """The packages Taizhang needs to run on any of these, by the metadata of what is installed here."""
    environments = [environment(*target) for target in targets]
    found: set[str] = set()
    waiting = [Requirement("taizhang")]
    while waiting:
        wanted = waiting.pop()
        for line in requires(wanted.name) or ():
            requirement = Requirement(line)
            if applies(requirement, wanted.extras, environments):
                name = canonicalize_name(requirement.name)
                if name not in found or requirement.extras:
                    waiting.append(requirement)
                found.add(name)
    return found


def applies(requirement: Requirement, extras: Iterable[str], environments: list[dict[str, str]]) -> bool:
    marker = requirement.marker
    if marker is None:
        return True
    return any(
        marker.evaluate({**environment, "extra": extra})
        for environment in environments
        for extra in ("", *extras)
    )


def environment(python: str, machine: str) -> dict[str, str]:
    """What markers are evaluated against."""
    return {
        **cast("dict[str, str]", default_environment()),
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
    }


def entries(name: str) -> Iterator[tuple[str, str]]:
    """Each package of a lock file, with its lines."""
    for entry in re.findall(r"^[a-z0-9-]+==.+\n(?:[ \t]+.+\n?)*", text(f"requirements/{name}"), re.MULTILINE):
        yield entry.partition("==")[0], entry


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def fetch(folder: Path, locked: list[str], target: Target) -> list[str]:
    """Get the wheels for one target, all at once or, where that fails, one by one to learn which there is not."""
    if download(folder, locked, target):
        return []
    return [entry.partition("==")[0] for entry in locked if not download(folder, [entry], target)]


def download(folder: Path, locked: list[str], target: Target) -> bool:
    python, machine = target
    wanted = folder / ".wanted"
    wanted.write_text("".join(locked), encoding="utf-8")
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1)]
    tags += [f"{NAMES[minor]}_{machine}" for minor in NAMES]
    asked = [
        *("--dest", str(folder / "wheelhouse"), "--requirement", str(wanted)),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:", "-qq"),
        *("--python-version", python, "--implementation", "cp"),
        *(part for tag in tags for part in ("--platform", tag)),
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", *asked],
        check=False,
    )
    wanted.unlink()
    return ended.returncode == 0


def write_sums(folder: Path) -> None:
    """As `sha256sum --check` reads them."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    sums = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}"
        for file in files
    )
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


def run(*command: str) -> None:
    """The front end is built by make; the wheel's own build hook need not do it again."""
    given = {**os.environ, "TAIZHANG_FRONT_END": "built", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([*command, "--quiet"], cwd=ROOT, env=given, check=True)


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
