"""What can go wrong, in the terms of a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class OpsError(Exception):
    """Something that the database, the way to it, or this package refuses. str() says all that is known of it."""

    def __init__(
        self, detail: str, *, problem: Mapping[str, Any] | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problem: Mapping[str, Any] = problem or {}
        """The problem details (RFC 9457) that the server answered; empty when no server did."""
        self.retry_after = retry_after
        """Seconds after which another try makes sense."""

    @property
    def type(self) -> str:
        """The stable name of the problem, such as `record-differs`; `/problems/<type>` of the server explains it."""
        return str(self.problem.get("type", "")).rsplit("/", 1)[-1]

    @property
    def status(self) -> int | None:
        """The HTTP status; None when no server answered."""
        return self.problem.get("status")

    @property
    def request_id(self) -> str | None:
        """What the log of the site knows the request by."""
        return self.problem.get("request_id")

    def __str__(self) -> str:
        if not self.problem:
            return self.detail
        wrong = "".join(f"\n  {e['pointer']}: {e['detail']}" for e in self.problem.get("errors", []))
        both = "".join(
            f"\n  {name}: {self.problem[name]}" for name in ("recorded", "requested") if name in self.problem
        )
        return f"{self.detail} ({self.status} {self.type}, request {self.request_id}){wrong}{both}"


class AuthError(OpsError):
    """The token is missing, unknown, expired or revoked, or may not do that."""


class NotFound(OpsError):
    """There is no such record."""


class Conflict(OpsError):
    """The record has other content, or is not in a state for that; str() shows both versions."""


class ValidationError(OpsError):
    """The request is not what the API takes; str() points at every offending part."""


class Unavailable(OpsError):
    """Nobody answered in time, or the answer was: not now. Another try may succeed."""


class ServerError(Unavailable):
    """The server failed at this very request; others may succeed."""


class WaitTimeout(OpsError, TimeoutError):
    """A write has not come as far as it was waited for."""


class Stopped(OpsError):
    """A write is parked, blocked or discarded: it goes no further before a person has decided."""


class FilesError(OpsError):
    """Some files could not be read, or are registered with other content (Conflict); `failures` tells why, by path. All
    others are registered.
    """

    def __init__(self, failures: Mapping[str, Exception]) -> None:
        lines = "".join(f"\n  {path}: {cause}" for path, cause in failures.items())
        printable = lines.encode(errors="backslashreplace").decode()  # names are not always UTF-8
        super().__init__(f"{len(failures)} of the files could not be registered:{printable}")
        self.failures = failures


_KINDS: dict[int, type[OpsError]] = {
    400: ValidationError,
    401: AuthError,
    403: AuthError,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
}


def of_problem(problem: Mapping[str, Any]) -> OpsError:
    """The error for a problem with which a server refuses a request."""
    kind = _KINDS.get(problem["status"], OpsError)
    return kind(problem.get("detail") or problem["title"], problem=problem)
