"""`taizhang restore`: a site comes back from its backup, into what is empty; with `--try` only to see that it would."""

from __future__ import annotations

import os
import secrets
import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.cli import backing_up
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say
from taizhang.cli.site import CLUSTER, opened, set_up_django

if TYPE_CHECKING:
    from taizhang.backup.archive import Archive
    from taizhang.backup.making import Step
    from taizhang.backup.restoring import Missing

RESTORING = "restoring"
"""Ends the name of the folder in which a site is put together, beside the one it will have."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("备份文件"))
    parser.add_argument("--keys", metavar="FILE", type=Path, help=_("密钥文件（默认为备份旁边同名的 .keys）"))
    parser.add_argument(
        "--try", dest="trial", action="store_true", help=_("试恢复：恢复到临时文件夹，核对后删除")
    )


def _run(args: Namespace, say: Say) -> int:
    args.file = args.file.absolute()
    backing_up.end_in_order()
    if args.trial:
        return _try(args, say)
    _refuse_taken(args.data)
    set_up_django(args.data, say, secrets.token_urlsafe(48))
    from taizhang.backup import archive

    with archive.opened(args.file) as backup:
        keys = backing_up.keys_for(args.file, args.keys)
        missing = _with_progress(
            _("正在恢复"), say, lambda step: _restore(backup, keys, args.data, say, step)
        )
        if say.as_json:
            say.json({"data": str(args.data), **_facts(backup, missing)})
        say.line(_("已恢复到 {data}，与备份逐表核对一致").format(data=args.data))
        say.line(backing_up.site_and_rows(backup.manifest))
    backing_up.tell(say, backing_up.unreadable(missing))
    say.line(_("所有人须重新登录；请重新设定备份计划"))
    return DONE


def _restore(backup: Archive, keys: Path | None, data: Path, say: Say, step: Step) -> Missing:
    """Put the site together beside its place, and move it there complete."""
    draft = data.with_name(f".{data.name}.{RESTORING}")
    if not os.environ.get("DATABASE_URL"):
        missing = backing_up.restored(backup, keys, draft, say, step, keep=True)
    else:
        missing = _restore_into_given(backup, keys, draft, say, step)
    draft.rename(data)
    return missing


def _restore_into_given(backup: Archive, keys: Path | None, draft: Path, say: Say, step: Step) -> Missing:
    """Into the database of DATABASE_URL; the folder takes the files and the keys."""
    from taizhang.backup.making import Progress

    total = 2 * backup.manifest.bytes
    backup.verify(lambda read, _all: step(read, total))
    draft.mkdir(mode=0o700, parents=True)
    try:
        return backing_up.fill(backup, keys, draft, say, Progress(step, total, backup.manifest.bytes))
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _refuse_taken(data: Path) -> None:
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refused(
            f"{data} 不是空文件夹。备份只恢复到空文件夹：请用 --data 换一个。",
            f"{data} is not empty. A backup is restored into an empty folder only: choose another with --data.",
        )
    data.parent.mkdir(parents=True, exist_ok=True)


def _try(args: Namespace, say: Say) -> int:
    """Where there is a site, it remembers that the restore was tried and how it went."""
    has_site = bool(os.environ.get("DATABASE_URL")) or (args.data / CLUSTER).is_dir()
    if not has_site:
        set_up_django(args.data, say, secrets.token_urlsafe(48))
        missing = _with_progress(_("正在试恢复"), say, lambda step: _tried(args, say, step))
        return _tell_trial(args, say, missing)
    with opened(args.data, say, finishes=False):
        from taizhang.backup import runs

        run = runs.ask(runs.Kind.TRIAL, runs.Origin.TERMINAL, args.file)

        def recorded(step: Step) -> Missing:
            with runs.recorded(run, step) as recording:
                return _tried(args, say, recording.step)

        return _tell_trial(args, say, _with_progress(_("正在试恢复"), say, recorded))


def _tried(args: Namespace, say: Say, step: Step) -> Missing:
    return backing_up.try_backup(args.file, args.data, say, step, args.keys)


def _tell_trial(args: Namespace, say: Say, missing: Missing) -> int:
    if say.as_json:
        say.json({"tried": str(args.file), "missing_files": missing.files, "missing_keys": missing.subjects})
    say.line(_("{file} 可以恢复：已恢复到临时文件夹，逐表核对一致，并已删除").format(file=args.file))
    backing_up.tell(say, backing_up.unreadable(missing))
    return DONE


def _facts(backup: Archive, missing: Missing) -> dict[str, object]:
    made = backup.manifest
    return {
        "site": made.site,
        "made_at": made.made_at,
        "rows": made.rows,
        "log": {"size": made.log.size, "root": made.log.root},
        "missing_files": missing.files,
        "missing_keys": missing.subjects,
    }


def _with_progress(what: str, say: Say, run: Callable[[Step], Missing]) -> Missing:
    with say.progress(what) as tell:
        return run(lambda done, total: tell(backing_up.in_percent(done, total)))


COMMAND = Command("restore", "从备份恢复到空文件夹，或试恢复", _configure, _run, needs_site=False)
