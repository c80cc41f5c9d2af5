"""One window of one person before a live site, and everything that went wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.desk.live_site import PASSWORD, PROBLEMS
from tests.desk.looking import Shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, Response

TELL_OF_POLICY = """addEventListener("securitypolicyviolation", (broken) =>
    console.error("policy broken:", broken.effectiveDirective, broken.blockedURI))"""
OPEN_AROUND = (
    "form => { for (let at = form; at; at = at.parentElement) if (at.matches('details')) at.open = true }"
)


Sessions = dict[str, Any]
"""User name → the cookies of a session that nobody signs out of."""


class Visit:
    """`shown` gives the pages the server sent, `faults` is what the console said and what was asked elsewhere."""

    def __init__(self, browser: Browser, address: str, width: int = 1440) -> None:
        self.address = address
        # Without motion a page is at once where it scrolls to, and what has the focus can be looked for there.
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", reduced_motion="reduce"
        )
        self.context.add_init_script(TELL_OF_POLICY)
        self.page = self.context.new_page()
        self._shown: list[Shown] = []
        self._arriving = 0
        self.faults: list[str] = []
        self._wanted = ""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        """An error, unless it is only Chromium saying that the page itself was a refusal, or the line is cut."""
        if message.type != "error":
            return
        page_itself = message.location.get("url", "") in (self.page.url, self._wanted)
        if not (page_itself and message.text.startswith("Failed to load resource")):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")
        elif request.is_navigation_request():
            self._wanted = request.url

    def _answered(self, response: Response) -> None:
        from playwright.sync_api import Error

        is_page = "text/html" in response.headers.get("content-type", "")
        if response.request.is_navigation_request() and is_page and not 300 <= response.status < 400:
            self._arriving += 1
            # A page left at once nobody could look at either: Chromium no longer has what was sent.
            with suppress(Error):
                self._shown.append(Shown(response.url, response.headers, response.body()))
            self._arriving -= 1

    @property
    def shown(self) -> list[Shown]:
        """The pages shown so far, all of them: their bytes may arrive after what the test waited for."""
        for _ in range(200):
            if not self._arriving:
                return self._shown
            self.page.wait_for_timeout(50)
        raise TimeoutError(f"{self._arriving} pages did not arrive in ten seconds")

    def goto(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """From wherever one was sent to sign in, or from the start."""
        if not self.page.query_selector("#id_login"):
            self.goto("account/login/")
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#id_login", state="detached")

    def unfold_account(self) -> None:
        self.page.click("header button.who")

    def sign_out(self) -> None:
        self.unfold_account()
        self.page.click("header form[action$='/logout/'] button")
        self.page.wait_for_selector("#id_login")

    def be(self, username: str, sessions: Sessions) -> None:
        """Signed in as this account: anew, or going on with an earlier window's session."""
        if username in sessions:
            self.context.add_cookies(sessions[username])
        else:
            self.sign_in(username)
            sessions[username] = self.context.cookies()

    def register(self, title: str, ledger: str = PROBLEMS) -> str:
        """Register an entry by its form; the path of its page."""
        self.goto(f"ledgers/{ledger}/register/")
        self.page.fill("[name=field-description]", title)
        self.page.click("main button.btn-primary")
        self.page.wait_for_selector(".alert-success")
        return self.path

    @property
    def path(self) -> str:
        """Where the window is, as `goto` takes it."""
        return self.page.url.removeprefix(self.address)

    def offered(self, *, for_another: bool = False) -> set[str]:
        """The verbs of the moves this entry's page has a form for: to make, or only to record for another."""
        mine = {False: ":not(:has([name=acted_by][required]))", True: ":has([name=acted_by][required])"}
        forms = self.page.locator(f"form[action*='/moves/']{mine[for_another]}").all()
        return {str(form.get_attribute("action")).rstrip("/").rpartition("/")[2] for form in forms}

    def form(self, verb: str) -> Locator:
        """The form of a move, unfolded."""
        found = self.page.locator(f"form[action$='/moves/{verb}/']")
        found.evaluate(OPEN_AROUND)
        return found

    def fill(self, verb: str, typed: Mapping[str, str]) -> Locator:
        """The form of a move, with the inputs of these names filled in."""
        form = self.form(verb)
        for name, text in typed.items():
            form.locator(f"[name='{name}']").fill(text)
        return form

    def send(self, verb: str, **typed: str) -> int:
        """Fill in the form of a move and send it; the status of what comes back."""
        form = self.fill(verb, typed)
        with self.page.expect_navigation() as arrived:
            form.locator("button:not([type=button])").last.click()
        return arrived.value.status

    def move(self, verb: str, **typed: str) -> None:
        """Make a move, and see that it was made."""
        assert self.send(verb, **typed) == 200
        self.page.wait_for_selector(".alert-success")

    def attach(self, file: Path) -> None:
        """Upload a file as evidence."""
        self.form("attach").locator("[name=file]").set_input_files(file)
        self.move("attach")

    def text(self, selector: str = "main") -> str:
        return self.page.inner_text(selector)

    @contextmanager
    def disconnected(self) -> Iterator[None]:
        """The line is cut; that the browser says so is no fault of the page."""
        known = list(self.faults)
        self.context.set_offline(True)
        yield
        self.context.set_offline(False)
        self.faults = known


Visiting = Callable[..., Visit]
"""Opens a window, signed in as the account it is given."""


def assigned(visit: Visiting, title: str) -> str:
    """An entry that is 城关镇's to accept; the path of its page."""
    entry = visit("clerk").register(title)
    desk = visit("desk")
    desk.goto(entry)
    desk.move("assign", lead_unit="城关镇", due_on="2099-01-01")
    return entry
