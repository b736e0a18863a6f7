"""What both clients do, written once: on a shell that blocks it runs through, on an event loop it is awaited."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from . import _bulk, _writes
from ._exchange import ATTEMPT, Request, Response, Shell, checked, deliver, once
from ._generated.operations import OPERATIONS, Operation
from ._values import argument, new_id, plain
from ._writes import Receipt
from .errors import OpsError, ServerError, Stopped, Unavailable, WaitTimeout
from .spool import Spool, Write

log = logging.getLogger("opsdb")

Page = tuple[list[dict[str, Any]], str | None]

_POLL = 20.0  # seconds for which the server is asked to wait
_QUICK = 3.0  # seconds for one attempt at what waits already, before what somebody is waiting for
_CALLED = dict.fromkeys(("observations", "executions"), "executed_obs_units")
"""What people call tables whose names are others."""
_ORDER = {"buffered": 0, "executing": 0, "committed": 1, "replicated": 2}


@dataclass
class Flushed:
    """What a flush of the spool has come to."""

    arrived: dict[str, Receipt] = field(default_factory=dict)
    """What has arrived, by key."""
    refused: dict[str, OpsError] = field(default_factory=dict)
    """What was set aside, by key."""
    failure: OpsError | None = None
    """Why it did not go on to the end."""


class Session:
    """One site, one token, and the writes that wait for it."""

    def __init__(self, shell: Shell, spool: Spool | None, patience: float) -> None:
        self.shell, self.spool, self.patience = shell, spool, patience
        self._recorded = False
        for other in spool.neighbours() if spool else ():
            log.warning("writes of another token wait in %s; see opsdb-spool list", other.directory)

    # Writes

    async def record(self, write: Write) -> Receipt:
        """Sends a critical write, or keeps it in the spool. Nothing that was spooled is overtaken. What the server
        refuses is raised.
        """
        if self.spool is None:
            return await self._send(write)
        self._warn(self.spool)
        try:
            behind, waiting = self.spool.behind(write), self.spool.waiting()
            if behind:
                self.spool.set_aside(write, behind=behind)
                return self._refused(write)
        except OSError as cause:
            raise OpsError(f"what waits before {write.operation} cannot be known: {cause}") from cause
        if waiting:
            return await self._join(write, self.spool)
        try:
            return await self._send(write)
        except Unavailable as failure:
            return self.keep(write, failure)
        except OpsError:
            raise
        except BaseException as interruption:  # whether it has arrived is unknown, and once more does no harm
            self.keep(write, interruption)
            raise

    def _warn(self, spool: Spool) -> None:
        """Tells before the first write, and not in the first outage, that none could be kept."""
        if not self._recorded and (why := spool.trouble()):
            log.warning("nothing can be kept here while the site is away: %s; OPS_SPOOL_DIR names another folder", why)
        self._recorded = True

    def keep(self, write: Write, cause: BaseException) -> Receipt:
        """Puts a write into the spool. The cause is raised when there is none, or no room in it."""
        if self.spool is None:
            raise cause
        self._append(self.spool, write, cause)
        log.warning("%s is kept in %s: %s", write.operation, self.spool.directory, cause or type(cause).__name__)
        return Receipt(write.ids, "spooled", write=write)

    def _append(self, spool: Spool, write: Write, cause: BaseException | None = None) -> None:
        try:
            spool.append(write)
        except OSError as full:
            why = f"{cause}; and " if cause else ""
            raise OpsError(f"{write.operation} is lost: {why}the spool cannot take it: {full}") from cause

    def _refused(self, write: Write) -> Receipt:
        log.error("%s is set aside with the refused write that it depends on; see opsdb-spool list", write.operation)
        return Receipt(write.ids, "refused", write=write)

    async def _send(self, write: Write) -> Receipt:
        response = await deliver(self.shell, write.request(), time.monotonic() + self.patience)
        return _writes.receipt(checked(response))

    async def _join(self, write: Write, spool: Spool) -> Receipt:
        """Puts a write behind those that wait, and sends what can be sent."""
        self._append(spool, write)  # at once: a task that is cancelled while it waits for a thread would lose it
        flushed = await self.flush(_QUICK, mine=write.key)
        if write.key in flushed.arrived:
            return flushed.arrived[write.key]
        if write.key in flushed.refused:
            raise flushed.refused[write.key]
        if any(w.key == write.key for w in spool.refused()):
            return self._refused(write)
        log.warning("%s is kept in %s: %s", write.operation, spool.directory, flushed.failure)
        return Receipt(write.ids, "spooled", write=write)

    async def flush(self, timeout: float = ATTEMPT, mine: str | None = None) -> Flushed:
        """Sends what is in the spool, in order, until something has to wait. What the server refuses is set aside with
        what depends on it; a write of the caller's own is not, for he is told.
        """
        result = Flushed()
        spool = self.spool
        while spool is not None and spool.waiting() and result.failure is None:
            with spool.flushing() as ours:
                if not ours:
                    result.failure = Unavailable("another process is sending what is in the spool")
                    break
                try:
                    await self._flush(spool, result, timeout, mine)
                except OSError as cause:  # what has arrived will arrive once more
                    result.failure = OpsError(f"{spool.directory}: {cause}")
            # Who was told meanwhile that somebody else is sending relies on that one: look again.
        return result

    async def _flush(self, spool: Spool, result: Flushed, timeout: float, mine: str | None) -> None:
        stuck: dict[str, Write] = {}
        while todo := [write for write in await self.shell.run(spool.pending) if write.key not in stuck]:
            for write in todo:
                if not await self._flush_one(spool, write, stuck, result, timeout, mine):
                    return
        await self.shell.run(spool.tidy)

    async def flush_all(self) -> int:
        """Sends what is in the spool and tells how many writes are left. The reason is logged."""
        if self.spool is None:
            return 0
        failure = (await self.flush()).failure
        left = len(self.spool.pending())
        if left:
            log.warning("%d writes are left in %s: %s", left, self.spool.directory, failure)
        return left

    async def _flush_one(
        self, spool: Spool, write: Write, stuck: dict[str, Write], result: Flushed, timeout: float, mine: str | None
    ) -> bool:
        """Whether the flush goes on."""
        made_by_stuck = {id for other in stuck.values() for id in other.makes}
        if behind := spool.behind(write):
            spool.set_aside(write, behind=behind)
            self._refused(write)
            return True
        if made_by_stuck & set(write.needs):
            stuck[write.key] = write
            return True
        spool.take_back(_bulk.keys(write))
        rest: Write | None = write
        while rest is not None:
            write = rest
            try:
                receipt = _writes.receipt(checked(await once(self.shell, write.request(), timeout)))
            except ServerError as failure:
                stuck[write.key] = write
                result.failure = failure
                return True
            except Unavailable as failure:
                result.failure = failure
                return False
            except OpsError as refusal:
                if refusal.status == 401:  # nothing of this token's arrives; what it may not do is refused alone (403)
                    result.failure = refusal
                    return False
                rest = self._set_aside(spool, write, refusal, result, mine)
            else:
                result.arrived[write.key] = receipt
                spool.done(write)
                rest = None
        return True

    def _set_aside(
        self, spool: Spool, write: Write, refusal: OpsError, result: Flushed, mine: str | None
    ) -> Write | None:
        """Sets aside what is refused, and returns what is left of it to be sent."""
        if write.key == mine:
            result.refused[write.key] = refusal
            spool.done(write)
            return None
        parts = _bulk.split(write, refusal.problem)
        if parts is None:
            result.refused[write.key] = refusal
            spool.set_aside(write, refusal=refusal.problem)
            log.error("%s was refused and is set aside, see opsdb-spool list: %s", write.operation, refusal)
            return None
        aside, rest = parts
        result.refused.update(dict.fromkeys((part.key for part in aside), refusal))
        spool.split(write, aside, rest)
        log.error(
            "%d of %d records of %s were refused and are set aside, see opsdb-spool list: %s",
            len(aside),
            len(write.body),
            write.operation,
            refusal,
        )
        return rest

    # Everything else

    async def call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = ATTEMPT,
        until: float | None = None,
    ) -> Response:
        """Any operation. What waits in the spool goes first, so that one reads what one wrote. OpsError for what is no
        path: an address would take the token to whom it names.
        """
        if not path.startswith("/") or path.startswith("//"):
            raise OpsError(f"{path!r} is no path of the API: one begins with a stroke, such as /obs_unit/7")
        await self.flush(_QUICK)
        operation = match(method, path)
        if operation is not None and operation.critical and self.spool is not None and self.spool.waiting():
            raise Unavailable(f"{method} {path}: earlier writes wait in {self.spool.directory}")
        sent = dict(headers or {})
        body = None
        if json_body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(plain(json_body), allow_nan=False).encode()
        if operation is not None and operation.keyed:
            sent.setdefault("Idempotency-Key", str(new_id()))
        query = {name.removesuffix("_"): argument(value) for name, value in (params or {}).items() if value is not None}
        if query:
            path += "?" + urlencode(query, doseq=True)
        repeatable = method in ("GET", "PUT", "DELETE") or "Idempotency-Key" in sent
        request = Request(method, path, body, sent, repeatable)
        until = time.monotonic() + self.patience if until is None else until
        response = checked(await deliver(self.shell, request, until, timeout))
        await self.flush(_QUICK)
        return response

    async def change(self, path: str, edit: Callable[[Any], Any]) -> Response:
        """Changes the very version of a record that edit is given."""
        found = await self.call("GET", path)
        version = found.headers.get("etag")
        if version is None:
            raise OpsError(f"{path} has no ETag, so nothing tells whether somebody else changes it meanwhile")
        return await self.call("PATCH", path, json_body=edit(found.value()), headers={"If-Match": version})

    async def page(self, name: str, filters: Mapping[str, Any], cursor: str | None, after: Receipt | None) -> Page:
        """One page of a list, as long as it can be, and the cursor of the next."""
        path, size = table(name)
        headers = {"Ops-Position": after.position} if after and after.position else {}
        params = {"limit": size, **filters, "cursor": cursor}
        response = await self.call("GET", path, params, headers=headers)
        value = response.json()
        if isinstance(value, list):
            return value, response.headers.get("ops-next-cursor")
        if "items" not in value:
            raise OpsError(f"{path} is no list")
        return value["items"], value.get("next_cursor")

    async def wait(self, what: Receipt | str, state: str, until: float) -> None:
        """Waits until a write, or what replaced it, is so far. WaitTimeout; Stopped when it goes no further alone."""
        if state not in ("committed", "replicated"):
            raise ValueError(f"{state!r}: one waits for committed or replicated")
        id = what if isinstance(what, str) else what.transaction_id or await self._arrival(what, until)
        reached, failure = "unknown", None
        while True:
            poll = min(_POLL, max(until - time.monotonic(), 0.01))
            params = {"wait": state, "timeout": f"{poll:.3f}"}
            try:
                answer = await self.call(
                    "GET", f"/transactions/{quote(id)}", params, timeout=poll + ATTEMPT, until=until + ATTEMPT
                )
            except Unavailable as cause:
                failure = cause
            else:
                transaction = answer.json()
                reached, failure = transaction["state"], None
                if "replaced_by" in transaction:
                    id = transaction["replaced_by"]
                    continue
                if reached not in _ORDER:
                    raise Stopped(f"transaction {id} is {reached}: {transaction.get('failure', {}).get('message', '')}")
                if _ORDER[reached] >= _ORDER[state]:
                    return
            if time.monotonic() >= until:
                raise WaitTimeout(f"transaction {id} is {reached}, not yet {state}") from failure

    async def _arrival(self, what: Receipt, until: float) -> str:
        """The transaction of a write that was spooled: sent once more, it gets the same answer."""
        pause = 0.1
        while True:
            if self.spool is None or what.write is None:
                raise WaitTimeout("nothing is known of this write")
            failure: OpsError | None = None
            if self.spool.waiting():
                failure = (await self.flush()).failure
            if any(_bulk.belongs(refused, what.write) for refused in self.spool.refused()):
                raise Stopped(f"{what.write.operation} was refused, or what it depends on; see opsdb-spool list")
            if not self.spool.waiting():
                try:
                    receipt = _writes.receipt(checked(await once(self.shell, what.write.request())))
                    return str(receipt.transaction_id)
                except Unavailable as cause:
                    failure = cause
            if time.monotonic() + pause >= until:
                raise WaitTimeout(f"{what.write.operation} is still in {self.spool.directory}") from failure
            await self.shell.sleep(pause)
            pause = min(2 * pause, 2.0)


@cache
def _patterns() -> list[tuple[Operation, re.Pattern[str]]]:
    return [(operation, re.compile(re.sub("{.*?}", "[^/]+", operation.path))) for operation in OPERATIONS.values()]


def match(method: str, path: str) -> Operation | None:
    """The operation of a request."""
    for operation, pattern in _patterns():
        if operation.method == method and pattern.fullmatch(path):
            return operation
    return None


def table(name: str) -> tuple[str, int | None]:
    """The path of a list by its name, which is the path without the strokes at its ends; and the size of its pages."""
    path = "/" + name.strip("/")
    for operation, pattern in _patterns():
        for candidate in (path, path + "/"):
            if operation.method == "GET" and pattern.fullmatch(candidate):
                return candidate, operation.page or None
    known = sorted(operation.path.strip("/") for operation, _ in _patterns() if operation.page)
    near = [_CALLED[name]] if name in _CALLED else get_close_matches(name, known, 1)
    meant = f", perhaps you mean {near[0]!r}" if near else ""
    raise OpsError(f"there is no table {name!r}{meant}; there are {', '.join(known)}")
