"""One request and its answer, and when a request is sent again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar

from .errors import ServerError, Unavailable, of_problem

T = TypeVar("T")

ATTEMPT = 10.0  # seconds for one attempt
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_NOT_NOW = (408, 425, 429, 502, 503, 504)


@dataclass(frozen=True)
class Request:
    """What is sent, the same at each attempt."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    """Sending it twice does no more than sending it once."""


@dataclass(frozen=True)
class Response:
    """An answer that was received whole."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes

    def json(self) -> Any:
        """The value of the body."""
        return json.loads(self.body)

    def value(self) -> Any:
        """The value of the body: a text where it is no JSON, None where there is none."""
        if not self.body:
            return None
        return self.json() if self.media_type.endswith("json") else self.body.decode()

    def problem(self) -> dict[str, Any]:
        """The problem of the API; empty when it is none."""
        try:
            value = self.json() if self.media_type == "application/problem+json" else None
        except ValueError:
            return {}
        return value if isinstance(value, dict) and {"type", "title", "status"} <= value.keys() else {}

    @property
    def media_type(self) -> str:
        """Such as application/json."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class NotSent(Exception):
    """There was no connection, so the server knows nothing of the request."""


class NoAnswer(Exception):
    """The request was sent, and what became of it is unknown."""


class Broken(NoAnswer):
    """The connection broke, perhaps only because it was an old one."""


class Stream(Protocol):
    """An answer without an end."""

    async def read(self) -> bytes:
        """What has come since; nothing when the server has ended it. NoAnswer when nothing comes in time, or Broken."""

    async def close(self) -> None:
        """Closes the connection."""


class Shell(Protocol):
    """All that is done to the world; everything above it is the same for scripts that block and scripts that do not."""

    async def send(self, request: Request, timeout: float) -> Response:
        """Sends once. NotSent or NoAnswer when there is no answer."""

    async def open(self, request: Request, silence: float) -> Stream | Response:
        """Sends once what asks for a stream; a Response is any other answer. NotSent or NoAnswer when there is none
        within `silence` seconds, which is also how long the stream may be silent.
        """

    async def sleep(self, seconds: float) -> None:
        """Waits."""

    async def run(self, work: Callable[[], T]) -> T:
        """Does what takes time on this machine."""


async def once(shell: Shell, request: Request, timeout: float = ATTEMPT) -> Response:
    """Sends once, and once more where only the connection was bad. Unavailable when the answer is none, or: not now."""
    try:
        try:
            response = await shell.send(request, timeout)
        except Broken:
            if not request.repeatable:
                raise
            response = await shell.send(request, timeout)
    except NotSent as cause:
        raise Unavailable(f"{request.method} {request.path}: cannot connect: {cause}") from cause
    except NoAnswer as cause:
        raise Unavailable(f"{request.method} {request.path}: no answer: {cause}") from cause
    if failure := not_now(request, response):
        raise failure
    return response


async def deliver(shell: Shell, request: Request, until: float, timeout: float = ATTEMPT) -> Response:
    """Sends until there is an answer that another attempt would not change, or until a moment of time.monotonic().
    Unavailable when the time is over.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            return await once(shell, request, min(timeout, max(until - time.monotonic(), 0.1)))
        except Unavailable as failure:
            wait = max(random.uniform(0, pause), failure.retry_after or 0)
            again = request.repeatable or isinstance(failure.__cause__, NotSent) or failure.status == 429
            if not again or time.monotonic() + wait >= until:
                raise
        await shell.sleep(wait)
        pause = min(2 * pause, _LONGEST_PAUSE)


def not_now(request: Request, response: Response) -> Unavailable | None:
    """Why an answer is none yet. What does not come from the API, but from a proxy before it, never is one."""
    status, kind = response.status, response.media_type
    what, wait = f"{request.method} {request.path}: {status}", retry_after(response)
    if status >= 400 and (problem := response.problem()):
        if status not in _NOT_NOW and status < 500:
            return None
        error = Unavailable if status in _NOT_NOW else ServerError
        return error(problem.get("detail") or problem["title"], problem=problem, retry_after=wait)
    if status >= 400:
        return Unavailable(f"{what} of something before the API", retry_after=wait)
    if 300 <= status < 400 and status != 304:
        return Unavailable(f"{what}, to {response.headers.get('location')}: is that the address of the API?")
    if request.method != "GET" and response.body and kind != "application/json":
        return Unavailable(f"{what} with {kind or 'nothing known'}: is that the API?")
    return None


def checked(response: Response) -> Response:
    """The answer, unless it is a problem; then that is raised."""
    if response.status >= 400:
        raise of_problem(response.problem())
    return response


def retry_after(response: Response) -> float | None:
    """The seconds that the header Retry-After asks for, as a number or as a date on the clock of the server."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    then = _date(value)
    if then is None:
        return None
    since = _date(response.headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (then - since).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def run(work: Awaitable[T]) -> T:
    """Runs what is written for both kinds of scripts on a shell that blocks, where nothing is ever waited for."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a shell that blocks has waited")
