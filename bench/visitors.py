"""Signed-in people who ask for pages: over HTTP, several connections each kept open, or within this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

CONNECTIONS = 4
"""Of one visitor. The system gives each to one of the web's processes by chance, so several use all of them."""

Headers = Mapping[str, str]
Sent = tuple[int, list[tuple[str, str]], bytes]
Send = Callable[[str, str, bytes, Headers], Sent]
"""Method, path, body and headers to status, headers and body."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for; with `given` it is a POST of that as JSON."""

    path: str
    given: Any = None

    @classmethod
    def of(cls, path: str, query: Mapping[str, Any] | None = None) -> Request:
        return cls(f"{path}?{urlencode(query, doseq=True)}" if query else path)


class Unanswered(Exception):
    """An answer that is not what was asked for: the figures would be those of a refusal."""


@dataclass(slots=True)
class Visitor:
    """One person's browser or program. Visitors who share `cookies` share a session."""

    send: Send
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, username: str, password: str) -> None:
        login = "/account/login/"
        self._exchange("GET", login, b"", {})
        form = {"csrfmiddlewaretoken": self.cookies["csrftoken"], "login": username, "password": password}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self._exchange("POST", login, urlencode(form).encode(), kind)
        if status != 302:
            raise Unanswered(f"{username} could not sign in: {status}")

    def ask(self, request: Request) -> bytes:
        """The answer's body. Raises Unanswered."""
        body, headers = b"", dict[str, str]()
        if request.given is not None:
            body = json.dumps(request.given, ensure_ascii=False).encode()
            headers = {"Content-Type": "application/json", "X-CSRFToken": self.cookies["csrftoken"]}
        status, answer = self._exchange("POST" if body else "GET", request.path, body, headers)
        if status not in (200, 201):
            raise Unanswered(f"{request.path}: {status} {answer[:500].decode(errors='replace')}")
        return answer

    def _exchange(self, method: str, path: str, body: bytes, headers: Headers) -> tuple[int, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        status, answered, content = self.send(method, path, body, {"Cookie": cookies, **headers})
        for name, value in answered:
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return status, content


@contextmanager
def over_http(host: str, port: int) -> Iterator[Send]:
    """Through connections that stay open, one after the other."""
    connections = [HTTPConnection(host, port, timeout=60) for _ in range(CONNECTIONS)]
    turns = cycle(connections)

    def send(method: str, path: str, body: bytes, headers: Headers) -> Sent:
        connection = next(turns)
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    try:
        yield send
    finally:
        for connection in connections:
            connection.close()


def in_process() -> Send:
    """Through the WSGI application itself, which a profiler of this process can look into."""
    from taizhang.wsgi import application

    def send(method: str, path: str, body: bytes, headers: Headers) -> Sent:
        answered: list[tuple[int, list[tuple[str, str]]]] = []

        def start(status: str, given: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            answered.append((int(status.split(maxsplit=1)[0]), given))
            return lambda _: None

        answer: Any = application(_environ(method, path, body, headers), start)
        content = b"".join(answer)
        answer.close()
        return *answered[0], content

    return send


def _environ(method: str, path: str, body: bytes, headers: Headers) -> dict[str, Any]:
    place, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **dict(_environ_headers(headers)),
    }


def _environ_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        yield (key if key == "CONTENT_TYPE" else f"HTTP_{key}"), value
