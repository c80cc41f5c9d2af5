"""`taizhang serve`: the pages, the work in the background and the database, until it is stopped.

On a folder without a site, or one nobody can sign in to yet, it tells the one-time link by which the site is set
up in the browser.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from taizhang.cli import worker_lock
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say
from taizhang.cli.web import CERTIFICATE, KEY

if TYPE_CHECKING:
    from taizhang.org.models import Site

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})
PATIENCE = 1.0
"""Seconds the work under way has to finish; the database rolls back what takes longer."""
STARTING = 30.0
"""Seconds the web server has to answer."""
LOCAL = "127.0.0.1"
WEB_WORKERS = 2
POOL = 5
"""Connections of one web process: one for each of its threads, and one to spare."""


class Worker(Thread):
    """A work loop in a thread of its own, with a connection of its own: from when there is a site. `fault` is what
    ended it early."""

    def __init__(self, work: Callable[[Event, Site], None]) -> None:
        super().__init__(name=work.__module__, daemon=True)
        self.work, self.stopped = work, Event()
        self.fault: Exception | None = None

    def run(self) -> None:
        from django.db import connections

        from taizhang.ledger.work import EVERY
        from taizhang.org.sites import the_site

        try:
            while not self.stopped.is_set():
                if _has_site():
                    self.work(self.stopped, the_site())
                self.stopped.wait(EVERY)
        except Exception as error:  # noqa: BLE001 - told by the main thread, which has to stop as well
            self.fault = error
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            connections.close_all()


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port", metavar="N", type=int, default=8000, help=_("网页的端口（默认 8000；0 为任一空闲端口）")
    )
    parser.add_argument("--host", metavar="ADDRESS", default=LOCAL, help=_("网页监听的地址（默认只限本机）"))


def run(args: Namespace, say: Say) -> int:
    """Serve until SIGTERM or SIGINT, on the folder that is open."""
    from taizhang.cli.night_watch import watch_until
    from taizhang.ledger.work import work_until

    with worker_lock.held(args.data) as ours:
        if not ours:
            raise Refused(
                f"{args.data} 已有一个 taizhang serve 在运行。",
                f"A taizhang serve runs on {args.data} already.",
            )
        # Blocked, so that whichever thread they reach they wait for `sigwait`.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})
        code = _setup_code()
        with web_server(getattr(args, "host", LOCAL), args.port) as (web, address):
            workers = [Worker(work_until), Worker(watch_until)]
            for worker in workers:
                worker.start()
            _tell(args, say, address, f"{address}setup/?code={code}" if code else "")
            _wait(web)
            for worker in workers:
                worker.stopped.set()
            for worker in workers:
                worker.join(PATIENCE)
    for worker in workers:
        if worker.fault is not None:
            raise worker.fault
    return DONE


def _has_site() -> bool:
    from taizhang.org.models import Site

    return Site.objects.exists()


def _setup_code() -> str:
    """A new one-time code where nobody can sign in yet, else nothing."""
    from taizhang.org import first_account

    if not first_account.somebody_can_sign_in():
        return first_account.issue_code()
    first_account.withdraw_code()
    return ""


def _tell(args: Namespace, say: Say, address: str, link: str) -> None:
    """What is served and where; to who sees it first, also how to begin."""
    from taizhang.org.sites import the_site

    name = the_site().name if _has_site() else str(args.data)
    say.line(_("{site}：网页和后台工作已启动。按 Ctrl+C 停止。").format(site=name))
    say.line(address)
    if link:
        say.line(_("还没有能登录的账号。请在浏览器打开下面的一次性链接，设置站点和管理员："))
        say.line(f"  {link}")
    if _has_site():
        _tell_demo(say)
    if say.as_json:
        serving = {"site": name, "data": str(args.data), "pid": os.getpid(), "address": address}
        say.json({"serving": {**serving, **({"setup": link} if link else {})}})


def _wait(web: subprocess.Popen[bytes]) -> None:
    """Until told to stop. Raises Refused where the web server ended by itself."""
    while signal.sigwait(STOPPING | {signal.SIGCHLD}) == signal.SIGCHLD:
        if web.poll() is not None:
            raise Refused("网页服务意外停止。", "The web server has stopped unexpectedly.")


@contextmanager
def web_server(host: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The web server, answering, and its address; stopped on leaving. Port 0 is any free one."""
    port, scheme = port or _free_port(host), _scheme()
    if _answers(host, port):
        raise _port_taken(port)
    process = subprocess.Popen(
        [sys.executable, "-m", "taizhang.cli.web", host, str(port), str(WEB_WORKERS)],
        stdin=subprocess.PIPE,
        env={**os.environ, "TAIZHANG_POOL": str(POOL)},
    )
    try:
        deadline = time.monotonic() + STARTING
        while not _answers(host, port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise _port_taken(port)
            time.sleep(0.02)
        yield process, f"{scheme}://{host}:{port}/"
    finally:
        process.terminate()
        try:
            process.wait(2 * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _scheme() -> str:
    """HTTPS where a certificate is named. Raises Refused where one of its two files cannot be read."""
    named = {variable: os.environ.get(variable) for variable in (CERTIFICATE, KEY)}
    if not any(named.values()):
        return "http"
    for variable, path in named.items():
        if not path or not os.access(path, os.R_OK):
            raise Refused(
                f"HTTPS 需要证书和私钥两个文件：{variable}={path or ''} 读不到。",
                f"HTTPS takes a certificate and its key: {variable}={path or ''} cannot be read.",
            )
    return "https"


def _port_taken(port: int) -> Refused:
    return Refused(
        f"网页不能使用端口 {port}，可能已被占用。请用 --port 换一个。",
        f"The pages cannot use port {port}; it may be taken. Choose another with --port.",
    )


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((LOCAL if host in ("", "0.0.0.0") else host, port), timeout=1):  # noqa: S104
            return True
    except OSError:
        return False


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _tell_demo(say: Say) -> None:
    """How to sign in to the sample site."""
    from taizhang.demo.scene import scene_of
    from taizhang.org.models import Site
    from taizhang.org.sites import the_site

    site = the_site()
    if site.kind != Site.Kind.DEMO:
        return
    scene = scene_of(site)
    say.line(_("演示账号（密码都是 {password}），登录页上也可以直接选角色：").format(password=scene.password))
    for username, about in scene.abouts.items():
        say.line(f"  {username}  {say.text(about)}")


COMMAND = Command(
    "serve",
    "运行台账：网页、数据库与后台工作，直到被停止",
    _configure,
    run,
    founding=True,
    finishes=False,
)
