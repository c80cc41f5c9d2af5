"""Giving up root: PostgreSQL refuses to run with it, and the account it gets instead needs very little.

Nothing here changes the mode of a folder that was there before. When the data folder or the programs lie
below a folder that only root may enter (a virtual environment in /root), the account gets one Linux
capability for the time PostgreSQL runs: to read past closed folders or, where a container lacks that one,
to ignore modes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

# linux/prctl.h and linux/capability.h
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT = 1, 8, 47
AMBIENT_RAISE, AMBIENT_CLEAR_ALL = 2, 4
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}  # nothing of the user's: neither PGDATA nor a locale


class Account(NamedTuple):
    """The unprivileged account under which root runs PostgreSQL."""

    name: str
    uid: int
    gid: int


def execute(command: list[str], account: Account | None, entering: Path, parent: int) -> NoReturn:
    """Become this program, as this account (None: as ourselves), stopping when process `parent` dies.

    Raises PermissionError when the account can reach neither `entering` nor the program.
    """
    linux = _Linux() if sys.platform == "linux" else None
    if linux and account:
        linux.keep_capabilities()
    if account:
        os.initgroups(account.name, account.gid)
        os.setgid(account.gid)
        os.setuid(account.uid)
    if linux:
        linux.stop_with(parent)
    _try(command, entering)
    if linux and account:
        for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
            if linux.grant(capability):
                _try(command, entering)
    raise PermissionError(13, "the account of PostgreSQL may not enter", f"{entering} or {command[0]}")


def _try(command: list[str], entering: Path) -> None:
    with suppress(PermissionError):
        (entering / "..").stat()  # fails unless we may enter
        os.execve(command[0], command, ENVIRONMENT)  # noqa: S606 - a list, no shell


class _Linux:
    """The system calls for which Python has no name."""

    def __init__(self) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)

    def stop_with(self, parent: int) -> None:
        """Have the kernel send SIGINT (PostgreSQL: fast shutdown) when our parent dies, even by kill -9."""
        self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    def keep_capabilities(self) -> None:
        """Let them outlive setuid; exec drops all but those granted."""
        self.libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)

    def grant(self, capability: int) -> bool:
        """Hand this capability, and no other, to the program that is executed next."""
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, then the upper halves of the same
        if self.libc.capget(header, sets) or not sets[1] >> capability & 1:
            return False
        sets[0] = sets[2] = 1 << capability
        sets[3] = sets[5] = 0
        self.libc.prctl(PR_CAP_AMBIENT, AMBIENT_CLEAR_ALL, 0, 0, 0)
        raised: int = self.libc.capset(header, sets) or self.libc.prctl(
            PR_CAP_AMBIENT, AMBIENT_RAISE, capability, 0, 0
        )
        return raised == 0
