"""Following what changes as it happens: one topic over many streams of server-sent events."""

from __future__ import annotations

import json
import logging
import random
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ._exchange import Broken, NoAnswer, NotSent, Request, Response, Shell, Stream, checked, not_now
from ._generated.models.live_topic import LIVE_TOPIC_VALUES, LiveTopic
from ._generated.operations import OPERATIONS
from .errors import OpsError, Unavailable

if TYPE_CHECKING:
    from ._generated.models import LiveEvents, LiveSnapshot

    Message = LiveSnapshot | LiveEvents

log = logging.getLogger("opsdb")

SILENCE = 40.0
"""Seconds after which a stream of which nothing is heard counts as broken: heartbeats come every 15."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds


class Follower:
    """A topic, from where it was left."""

    def __init__(self, shell: Shell, topic: LiveTopic, silence: float) -> None:
        if topic not in LIVE_TOPIC_VALUES:
            raise OpsError(f"there is no topic {topic!r}; there are {', '.join(sorted(LIVE_TOPIC_VALUES))}")
        self._shell, self._topic, self._silence = shell, topic, silence
        self._path = OPERATIONS[f"follow{topic.capitalize()}"].path
        self._place: dict[str, Any] = {}
        self._stream: Stream | None = None
        self._parser = Parser()
        self._told: deque[bytes] = deque()
        self._pause = _FIRST_PAUSE

    async def next(self) -> Message:
        """The next snapshot or the next events, over every disconnect. OpsError for what another try would not change,
        such as a token that has ended.
        """
        while True:
            try:
                message = await self._hear()
            except Unavailable as failure:
                await self.close()
                await self._rest(failure)
            else:
                if message is not None:
                    return message

    async def close(self) -> None:
        """Closes the connection; the place is kept."""
        stream, self._stream = self._stream, None
        self._parser = Parser()  # what was cut off comes again, whole
        self._told.clear()
        if stream is not None:
            await stream.close()

    async def _rest(self, failure: Unavailable) -> None:
        """Waits at random, so that those who were cut off together do not return together."""
        wait = (failure.retry_after or 0) + random.uniform(0, self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        log.warning("%s will be followed again in %.1f s: %s", self._topic, wait, failure)
        await self._shell.sleep(wait)

    async def _hear(self) -> Message | None:
        """One message; None for one that is not for the script. Unavailable when the stream goes no further."""
        if self._stream is None:
            self._stream = await self._open()
        while not self._told:
            try:
                read = await self._stream.read()
            except Broken as cause:
                raise Unavailable(f"the stream broke off: {cause}") from cause
            except NoAnswer as cause:
                raise Unavailable(f"nothing was heard for {self._silence:g} s") from cause
            if not read:
                raise Unavailable("the stream has ended")
            self._told.extend(self._parser.feed(read))
        try:
            return self._understand(json.loads(self._told.popleft()))
        except (ValueError, LookupError, TypeError) as cause:
            raise OpsError(f"{self._path} tells what cannot be read: {cause!r}") from cause

    async def _open(self) -> Stream:
        """Begins a stream behind the place. Unavailable when that may succeed later, another OpsError when not."""
        query = "?" + urlencode(self._place) if self._place else ""
        request = Request("GET", self._path + query, headers={"Accept": "text/event-stream"})
        try:
            answer = await self._shell.open(request, self._silence)
        except NotSent as cause:
            raise Unavailable(f"GET {self._path}: cannot connect: {cause}") from cause
        except NoAnswer as cause:
            raise Unavailable(f"GET {self._path}: no answer: {cause}") from cause
        if not isinstance(answer, Response):
            return answer
        if failure := not_now(request, answer):
            raise failure
        kind = checked(answer).media_type
        raise Unavailable(f"GET {self._path}: {answer.status} with {kind or 'nothing known'}: is that the API?")

    def _understand(self, message: dict[str, Any]) -> Message | None:
        from ._generated.models import LiveEvents, LiveSnapshot  # they cost more than most scripts, which never ask

        kind = message["type"]
        events = message.get("events")
        if "epoch" in message:
            self._place = {"epoch": message["epoch"], "offset": events[-1]["offset"] if events else message["offset"]}
        self._pause = _FIRST_PAUSE
        if kind == "closing":  # an end of the token is what the next request is told
            raise Unavailable(f"the site closes the stream: {message['reason']} ({message['code']})")
        if kind == "snapshot":
            return LiveSnapshot.from_dict(message)
        return LiveEvents.from_dict(message) if kind == "events" else None


class Parser:
    """The data of server-sent events, as their bytes come. Lines end with line feeds alone: texts within the data may
    have characters that Python takes for ends of lines.
    """

    def __init__(self) -> None:
        self._line = b""
        self._data: list[bytes] = []

    def feed(self, read: bytes) -> list[bytes]:
        """The events that are whole now. What has not ended with an empty line is none yet."""
        whole = []
        *lines, self._line = (self._line + read).split(b"\n")
        for line in lines:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                whole.append(b"\n".join(self._data))
                self._data.clear()
        return whole
