"""Under which account PostgreSQL runs.

Started by an ordinary user: as that user. Started by root, PostgreSQL itself refuses, so the account is the
first of these that there is:

1. the one named by the environment variable TAIZHANG_POSTGRES_USER (best: an account made for nothing else);
2. the owner of the existing cluster;
3. the owner of the data folder, unless that is root;
4. `nobody`.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from taizhang.postgres.folder import Folder
from taizhang.postgres.privileges import Account
from taizhang.postgres.server import PostgresUnavailable

VARIABLE = "TAIZHANG_POSTGRES_USER"
Key = TypeVar("Key", str, int)


def server_account(folder: Folder) -> Account | None:
    """The account for root to use, None for anybody else. Raises PostgresUnavailable when it cannot be."""
    cluster_owner = _owner(folder.cluster)
    if os.geteuid() != 0:
        if cluster_owner not in (None, os.geteuid()):
            raise PostgresUnavailable(
                f"{folder.cluster} 属于另一个帐号（uid {cluster_owner}）：请用那个帐号或 root 运行。\n"
                f"{folder.cluster} belongs to another account (uid {cluster_owner}): "
                "run as that one or as root."
            )
        return None
    account = _named() or _entry(pwd.getpwuid, cluster_owner) or _entry(pwd.getpwuid, _owner(folder.data))
    account = account or _entry(pwd.getpwnam, "nobody")
    if account is None:
        raise PostgresUnavailable(
            f"以 root 运行时，PostgreSQL 需要一个普通帐号：请用 {VARIABLE} 指定。\n"
            f"Run by root, PostgreSQL needs an ordinary account: name one with {VARIABLE}."
        )
    if cluster_owner not in (None, account.uid):
        raise PostgresUnavailable(
            f"{folder.cluster} 不属于帐号 {account.name}："
            f"请运行 chown -R {account.name} '{folder.cluster}'。\n"
            f"{folder.cluster} does not belong to account {account.name}: "
            f"run chown -R {account.name} '{folder.cluster}'."
        )
    return account


def _named() -> Account | None:
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    account = _entry(pwd.getpwnam, name)
    if account is None:
        raise PostgresUnavailable(
            f"{VARIABLE} 指定的帐号 {name} 不存在，或就是 root：请改为一个普通帐号。\n"
            f"{VARIABLE} names {name}, which does not exist or is root: name an ordinary account."
        )
    return account


def _entry(look_up: Callable[[Key], pwd.struct_passwd], key: Key | None) -> Account | None:
    """None for root, and for a number without a name: initdb insists on one."""
    try:
        entry = look_up(key) if key is not None else None
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if entry and entry.pw_uid else None


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except FileNotFoundError:
        return None
