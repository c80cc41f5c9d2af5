"""Everything that goes wrong, in one shape with a stable code, Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from taizhang.api.answers import Shape, Words, answer
from taizhang.api.time_line import ShownEvent
from taizhang.core import refusals as r
from taizhang.core.wording import Label
from taizhang.fault_log import note_request
from taizhang.ledger import evidence

LONGEST_PLACE = 200
OUR_NAMES = ("asked", "given", "wish")
"""What operations call the shape they read a query or a body into."""


class FaultAt(Shape):
    """One place of the request and what is wrong there; what was sent is never repeated."""

    where: str
    code: str
    message: Words

    @classmethod
    def of(cls, where: str, code: str, message: Label) -> Self:
        return cls(where=_writable(where), code=code, message=Words.of(message))


class Fault(Shape):
    """`version` and `since` come with a stale version: what the entry is at now, and what was done meanwhile."""

    code: str
    message: Words
    at: list[FaultAt] = []
    version: int | None = None
    since: list[ShownEvent] = []
    number: str = ""


class Trouble(Shape):
    """The one shape of every answer that is not the one asked for."""

    error: Fault


class Problem(Exception):
    """Ends a request with this answer."""

    def __init__(self, status: int, code: str, message: Label, **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.fault = Fault(code=code, message=Words.of(message), **more)

    @classmethod
    def of(cls, refusal: r.Refusal) -> Self:
        return cls(status_of(refusal), refusal.code, refusal.message)


AT_FAULT = ("invalid", Label("请求中有内容不合要求", "something in the request does not hold"))
NOT_SIGNED_IN = ("not_signed_in", Label("请先登录", "sign in first"))
CSRF_FAILED = (
    "csrf_failed",
    Label(
        "缺少或不符的 X-CSRFToken，请刷新登录页后重试", "the X-CSRFToken header is missing or does not fit"
    ),
)
NOTHING_HERE = ("nothing_here", Label("没有这个地址", "there is nothing at this address"))
WRONG_METHOD = ("wrong_method", Label("这个地址不接受该方法", "this address does not take that method"))
UNREADABLE = (
    "unreadable",
    Label("请求读不出来，不是所要求的格式", "the request cannot be read as what it should be"),
)
TOO_LARGE = ("too_large", Label("请求太大", "the request is too large"))
UNEXPECTED = (
    "unexpected",
    Label("出了意外，请把编号告诉管理员", "something unexpected happened; quote the number to the operator"),
)

_NOT_FOUND = (r.NoSuchEntry, r.LedgerUnknown)
_MAY_NOT = (r.NotYourDuty, r.MayNotTypeForOthers, r.NoUnit, r.VerifierIsDoer, r.VerifierOfDoersUnit)
_CONTENT = (
    r.FieldMissing,
    r.FieldUnknown,
    r.FieldInvalid,
    r.SealedInPlain,
    r.ReasonMissing,
    r.TextTooLong,
    r.TextNotStorable,
    evidence.FileEmpty,
    evidence.FileNameUnfit,
)
_SAYS = {
    "missing": Label("缺少这一项", "is missing"),
    "not_storable": Label(
        "含有无法保存的字符（如 NUL）", "holds characters that cannot be stored, such as NUL"
    ),
    "string_too_long": Label("文字过长", "is too long"),
    "string_too_short": Label("不能为空", "must not be empty"),
    "extra_forbidden": Label("没有这一项", "is not known here"),
}


def status_of(refusal: r.Refusal) -> int:
    """404 for what does not exist for the caller, 403 for who may not, 422 for content, 413 for a file too large,
    412 for an older sight of the entry, 409 for everything else the entry's state or the rules stand against."""
    match refusal:
        case _ if isinstance(refusal, _NOT_FOUND):
            return 404
        case _ if isinstance(refusal, _MAY_NOT):
            return 403
        case _ if isinstance(refusal, _CONTENT):
            return 422
        case r.StaleVersion():
            return 412
        case evidence.FileTooLarge():
            return 413
        case _:
            return 409


def troubles(*statuses: int) -> dict[int, type[Trouble]]:
    """The declared answers of an operation besides the one asked for."""
    return dict.fromkeys((400, 401, 403, *statuses, 422), Trouble)


def handle_all(api: NinjaAPI) -> None:
    """Give the API its one shape for whatever is raised."""
    for raised, (status, said) in {
        RequestDataTooBig: (413, TOO_LARGE),
        SuspiciousOperation: (400, UNREADABLE),
        BadRequest: (400, UNREADABLE),
        UnreadablePostError: (400, UNREADABLE),
        MultiPartParserError: (400, UNREADABLE),
        AuthenticationError: (401, NOT_SIGNED_IN),
        Http404: (404, NOTHING_HERE),
    }.items():
        api.add_exception_handler(raised, _saying(status, said))
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Exception, _unexpected)


def problem_answer(problem: Problem) -> HttpResponse:
    response = answer(Trouble(error=problem.fault), problem.status)
    if problem.fault.version is not None:
        response["ETag"] = f'"{problem.fault.version}"'
    return response


def said(status: int, words: tuple[str, Label], **more: Any) -> HttpResponse:
    return problem_answer(Problem(status, *words, **more))


def _saying(status: int, words: tuple[str, Label]) -> Any:
    return lambda *_: said(status, words)


def _problem(_: HttpRequest, raised: Any) -> HttpResponse:
    return problem_answer(raised)


def _invalid(_: HttpRequest, raised: Any) -> HttpResponse:
    return said(422, AT_FAULT, at=[_fault_at(error) for error in raised.errors[:50]])


def _fault_at(error: dict[str, Any]) -> FaultAt:
    code = error["type"]
    where = ".".join(map(str, _place(error["loc"])))
    return FaultAt.of(where, code, _SAYS.get(code, Label("内容不合要求", _writable(error["msg"]))))


def _place(loc: Sequence[Any]) -> Iterable[Any]:
    """Where it stands for the caller, who sends one body and knows nothing of our names for its parts."""
    source, *rest = loc
    yield "body" if source in ("form", "file") else source
    yield from rest[1:] if rest and rest[0] in OUR_NAMES else rest


def _http_error(_: HttpRequest, raised: Any) -> HttpResponse:
    """The framework's own, which it raises for a body that is no JSON."""
    return said(raised.status_code, UNREADABLE)


def _unexpected(request: HttpRequest, raised: Any) -> HttpResponse:
    """Nothing of it goes out but the number under which the log has its trace."""
    return said(500, UNEXPECTED, number=note_request(raised, request))


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:LONGEST_PLACE]
