"""HTTP, by httpx: the only module that knows it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import httpx

from ._config import Site
from ._exchange import Broken, NoAnswer, NotSent, Request, Response, Shell, Stream, deliver, run
from ._generated.client import AuthenticatedClient
from .errors import OpsError

T = TypeVar("T")

_CONNECT = 3.0  # seconds


class Blocking(Shell):
    """The world of scripts that block."""

    def __init__(self, site: Site) -> None:
        self._client = httpx.Client(**_settings(site))

    async def send(self, request: Request, timeout: float) -> Response:
        try:
            answer = self._client.request(**_arguments(request, timeout))
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause
        return _response(answer)

    async def open(self, request: Request, silence: float) -> Stream | Response:
        try:
            answer = self._client.send(self._client.build_request(**_arguments(request, silence)), stream=True)
            if _endless(answer):
                return _Stream(answer)
            with contextlib.closing(answer):
                answer.read()
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause
        return _response(answer)

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def run(self, work: Callable[[], T]) -> T:
        return work()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


class Concurrent(Shell):
    """The world of scripts on an event loop."""

    def __init__(self, site: Site) -> None:
        self._client = httpx.AsyncClient(**_settings(site))

    async def send(self, request: Request, timeout: float) -> Response:
        try:
            answer = await self._client.request(**_arguments(request, timeout))
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause
        return _response(answer)

    async def open(self, request: Request, silence: float) -> Stream | Response:
        try:
            answer = await self._client.send(self._client.build_request(**_arguments(request, silence)), stream=True)
            if _endless(answer):
                return _AsyncStream(answer)
            async with contextlib.aclosing(answer):
                await answer.aread()
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause
        return _response(answer)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def run(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


class _Stream(Stream):
    def __init__(self, answer: httpx.Response) -> None:
        self._answer, self._chunks = answer, answer.iter_bytes()

    async def read(self) -> bytes:
        try:
            return next(self._chunks, b"")
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause

    async def close(self) -> None:
        self._answer.close()


class _AsyncStream(Stream):
    def __init__(self, answer: httpx.Response) -> None:
        self._answer, self._chunks = answer, answer.aiter_bytes()

    async def read(self) -> bytes:
        try:
            return await anext(self._chunks, b"")
        except httpx.HTTPError as cause:
            raise _failure(cause) from cause

    async def close(self) -> None:
        await self._answer.aclose()


def raw(site: Site, shell: Blocking | Concurrent, patience: float) -> AuthenticatedClient:
    """The client for the generated operations, whose requests are sent again as all others are."""
    client = AuthenticatedClient(
        site.url, token="", raise_on_unexpected_status=True
    )  # the requests have it, not repr()
    if isinstance(shell, Blocking):
        return client.set_httpx_client(httpx.Client(**_settings(site), transport=_Retrying(site, shell, patience)))
    return client.set_async_httpx_client(
        httpx.AsyncClient(**_settings(site), transport=_AsyncRetrying(site, shell, patience))
    )


class _Retrying(httpx.BaseTransport):
    def __init__(self, site: Site, shell: Blocking, patience: float) -> None:
        self._base, self._shell, self._patience = httpx.URL(site.url), shell, patience

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        until = time.monotonic() + self._patience
        return _answer(run(deliver(self._shell, _request(request, self._base), until)))


class _AsyncRetrying(httpx.AsyncBaseTransport):
    def __init__(self, site: Site, shell: Concurrent, patience: float) -> None:
        self._base, self._shell, self._patience = httpx.URL(site.url), shell, patience

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        until = time.monotonic() + self._patience
        return _answer(await deliver(self._shell, _request(request, self._base), until))


def _settings(site: Site) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {site.token}", "User-Agent": f"opsdb-python/{_version()}"}
    return {"base_url": site.url, "headers": headers}


def _version() -> str:
    try:
        return version("opsdb")
    except PackageNotFoundError:  # run from the source
        return "0"


def _arguments(request: Request, timeout: float) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.path,
        "content": request.body,
        "headers": dict(request.headers),
        "timeout": httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
    }


def _response(answer: httpx.Response) -> Response:
    return Response(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content)


def _endless(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.headers.get("content-type", "").startswith("text/event-stream")


def _failure(cause: httpx.HTTPError) -> Exception:
    text = str(cause) or type(cause).__name__
    if isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout)):
        return NotSent(text)
    return NoAnswer(text) if isinstance(cause, httpx.TimeoutException) else Broken(text)


def _request(request: httpx.Request, base: httpx.URL) -> Request:
    url = request.url
    if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
        raise OpsError(f"{url} is not of the API at {base}, and the token goes nowhere else")
    keyed = "idempotency-key" in request.headers
    headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
    repeatable = keyed or request.method in ("GET", "PUT", "DELETE")
    return Request(request.method, str(request.url), request.content or None, headers, repeatable)


def _answer(response: Response) -> httpx.Response:
    headers = {
        name: value for name, value in response.headers.items() if not name.startswith(("content-enc", "content-len"))
    }
    return httpx.Response(response.status, headers=headers, content=response.body)
