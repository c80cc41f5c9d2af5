"""Carrying out a backup, or a tried restore: the same for the terminal, the page and the plan."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say
from taizhang.core.wording import Label

if TYPE_CHECKING:
    from taizhang.backup.archive import Archive
    from taizhang.backup.making import Progress, Step
    from taizhang.backup.manifest import Manifest
    from taizhang.backup.models import BackupRun
    from taizhang.backup.restoring import Missing

TRIAL = "trial"
"""The folder within the data folder where a backup is restored to be tried."""


def end_in_order() -> None:
    """From now on SIGTERM ends this process as Ctrl+C does: what is half written is removed first."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    for signalled in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signalled, signal.default_int_handler)


def in_percent(done: int, total: int) -> str:
    return f"{done * 100 // max(total, 1)} %"


def back_up(run: BackupRun, step: Step) -> Manifest:
    """Make the backup this run asks for, and have it recorded."""
    from taizhang.backup import runs
    from taizhang.backup.making import make_backup
    from taizhang.org.sites import the_site

    target = Path(run.path)
    with runs.recorded(run, step) as recording:
        manifest = make_backup(the_site(), target, recording.step)
        recording.note(size=target.stat().st_size)
        recording.say(lost_evidence(len(manifest.evidence.absent) + len(manifest.evidence.damaged)))
    return manifest


def try_backup(path: Path, data: Path, say: Say, step: Step, keys: Path | None = None) -> Missing:
    """Restore a backup beside the site it came from, hold it against its manifest, and remove it again."""
    from taizhang.backup import archive

    parent = data if data.is_dir() else path.parent
    with archive.opened(path) as opened:
        return restored(opened, keys_for(path, keys), parent / TRIAL, say, step, keep=False)


def keys_for(path: Path, given: Path | None) -> Path | None:
    """The keys file given, else the one beside the backup, if there is one."""
    from taizhang.backup import keys

    beside = keys.beside(path)
    return given or (beside if beside.is_file() else None)


def restored(
    archive: Archive, keys: Path | None, folder: Path, say: Say, step: Step, *, keep: bool
) -> Missing:
    """Restore into this folder, with a server of its own; nothing is left where it fails, or is not to be kept."""
    from taizhang.backup.making import Progress
    from taizhang.backup.pointing import pointed_at
    from taizhang.backup.room import refuse_too_little_room
    from taizhang.postgres import attached

    _clear(folder)
    # The tables come back with their indexes, and PostgreSQL keeps a journal beside them.
    sizes = archive.manifest
    refuse_too_little_room(folder.parent, 3 * sizes.bytes - 2 * sizes.evidence.bytes)
    # Read to be proved, written, and for the tables read once more.
    progress = Progress(step, 2 * sizes.bytes)
    done = False
    try:
        archive.verify(lambda read, _all: step(read, progress.total))
        progress.done = sizes.bytes
        with (
            attached(folder, progress=say.note) as server,
            pointed_at(server.url("app"), server.url("owner")),
        ):
            missing = fill(archive, keys, folder, say, progress)
        done = True
    finally:
        if not (done and keep):
            shutil.rmtree(folder, ignore_errors=True)
    return missing


def fill(archive: Archive, keys: Path | None, folder: Path, say: Say, progress: Progress) -> Missing:
    """Files first: the database that names them is committed last, and with it the restore is done."""
    from taizhang.backup import restoring
    from taizhang.cli.demo import READY
    from taizhang.cli.schema import brought_up_to_date
    from taizhang.org.models import Site

    restoring.refuse_unless_empty()
    restoring.restore_files(archive, folder, progress)
    given = restoring.restore_keys(archive, keys, folder)
    if archive.manifest.kind == Site.Kind.DEMO:
        (folder / READY).touch(mode=0o600)
    restoring.restore_database(archive, progress)
    brought_up_to_date(say, may_create=False)
    return restoring.missing_from(archive.manifest, given)


def _clear(folder: Path) -> None:
    """Remove what a restore that was killed left in this place."""
    if folder.exists():
        shutil.rmtree(folder)


def lost_evidence(count: int) -> Label:
    if not count:
        return Label("")
    return Label(
        f"有 {count} 份佐证文件缺失或已损坏，没有进备份。",
        f"{count} files of evidence are absent or damaged, and not in the backup.",
    )


def unreadable(missing: Missing) -> list[Label]:
    """What a restored site does not have."""
    said = []
    if missing.files:
        said.append(
            Label(
                f"有 {missing.files} 份佐证在备份时就没有文件，打不开。",
                f"{missing.files} pieces of evidence had no file when the backup was made; they do not open.",
            )
        )
    if missing.subjects:
        said.append(
            Label(
                f"缺少 {missing.subjects} 个密钥：对应的密封内容和佐证打不开，其余照常使用。"
                "找到 .keys 文件后，请重新恢复。",
                f"{missing.subjects} keys are missing: what is sealed under them does not open, all else works. "
                "When the .keys file is found, restore again.",
            )
        )
    return said


def tell(say: Say, labels: list[Label]) -> None:
    for label in labels:
        say.note(say.text(label))


def site_and_rows(manifest: Manifest) -> str:
    return _("站点“{site}”，{made_at}，{rows} 行，{files} 份佐证").format(
        site=manifest.site, made_at=manifest.made_at, rows=manifest.rows, files=manifest.evidence.files
    )
