"""Topics that are followed: each event once and in order, whatever happens to the site and to the way to it."""

import asyncio
import contextlib
import gc
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Lab, until
from unruly import Handler, Unruly, breaks, ends, page, problem, reset, silent, stream, telling

from opsdb import AsyncOpsClient, AuthError, NotFound, OpsClient, OpsError, ValidationError
from opsdb._follow import Parser
from opsdb._generated.models import LiveEvents, LiveSnapshot

Message = LiveSnapshot | LiveEvents


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """Ends a test that waits for what never comes."""

    def end(*_: object) -> None:
        raise AssertionError("it did not come")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def behind(lab: Lab, unruly: Unruly) -> Iterator[OpsClient]:
    """A client behind a server that misbehaves, at first not at all."""
    unruly.always = stream()
    with OpsClient(unruly.url, lab.site["token"], spool=False) as client:
        yield client


def ids(message: LiveEvents) -> set[str]:
    return {str(id) for event in message.events for id in event.ids or ()}


def sockets() -> set[str]:
    """The sockets of this process."""
    open_files = set()
    for number in os.listdir("/proc/self/fd"):
        path = Path("/proc/self/fd", number)
        if path.is_symlink() and (target := os.readlink(path)).startswith("socket:"):
            open_files.add(target)
    return open_files


class Told:
    """What a topic told, checked as it comes: numbered by one, and of one history."""

    def __init__(self, first: Message) -> None:
        assert isinstance(first, LiveSnapshot)
        assert first.data
        assert not first.recovered
        self.epoch, self.offset, self.recovered = first.epoch, first.offset, 0
        self.ids: set[str] = set()

    def add(self, message: Message) -> None:
        assert message.epoch == self.epoch
        if isinstance(message, LiveSnapshot):
            assert (message.recovered, message.offset) == (True, self.offset)
            assert not message.data
            self.recovered += 1
            return
        for event in message.events:
            assert event.offset == self.offset + 1
            self.offset = event.offset
        self.ids |= ids(message)


def test_every_event_is_told_once_while_the_api_is_killed(lab: Lab, ops: OpsClient) -> None:
    recorded: list[str] = []
    ended = threading.Event()

    def night() -> None:
        with OpsClient(lab.site["url"], lab.site["token"]) as other:
            for _ in range(30):
                with other.observation(1) as obs:
                    recorded.append(obs.id)
        ended.set()

    observing = threading.Thread(target=night)
    with ops.follow("observations") as news:
        told = Told(next(news))
        observing.start()
        kills = 0
        for message in news:
            told.add(message)
            if len(told.ids & set(recorded)) > 8 * kills and kills < 3 and told.recovered == kills:
                lab.kill("observatory/api-1")
                kills += 1
            if ended.is_set() and told.ids >= set(recorded) and told.recovered >= 3:
                break
    observing.join()
    assert kills == 3
    assert len(recorded) == 30


@pytest.mark.parametrize("end", [ends, breaks])
def test_a_message_that_was_cut_off_comes_again(
    behind: OpsClient, ops: OpsClient, unruly: Unruly, end: Callable[[Handler], None]
) -> None:
    unruly.script.extend([stream(end, at=1), stream(end, at=2), reset, stream(end, at=3)])
    recorded: set[str] = set()
    with behind.follow("observations") as news:
        told = Told(next(news))
        while told.recovered < 2 or not told.ids >= recorded:
            if told.recovered < 2:
                with ops.observation(1) as obs:
                    recorded.add(obs.id)
            told.add(next(news))
    first, second, third, *_ = (asked.path for asked in unruly.asked)
    assert first == second == "/live/observations"
    assert third.startswith(f"/live/observations?epoch={told.epoch}&offset=")


def test_a_site_that_is_not_ready_is_left_alone_for_as_long_as_it_says(behind: OpsClient, unruly: Unruly) -> None:
    unruly.script.extend(
        [problem(503, "unavailable", Retry_After="1"), problem(429, "rate", Retry_After="1"), page(502), page(200)]
    )
    with behind.follow("observations") as news:
        assert next(news).type_ == "snapshot"
    first, second, third, _, _ = (asked.at for asked in unruly.asked)
    assert second - first >= 1
    assert third - second >= 1


def test_silence_is_an_end(ops: OpsClient, caplog: pytest.LogCaptureFixture) -> None:
    with ops.follow("transfer", silence=0.5) as news:  # shorter than between two heartbeats
        told = Told(next(news))
        while not told.recovered:
            told.add(next(news))
    assert "transfer will be followed again" in caplog.text
    assert "nothing was heard for 0.5 s" in caplog.text


def test_nothing_is_waited_for_for_ever_from_who_never_answers(behind: OpsClient, unruly: Unruly) -> None:
    release = threading.Event()
    unruly.script.append(silent(release))
    with behind.follow("buffer", silence=0.5) as news:
        assert next(news).type_ == "snapshot"
    release.set()


def test_a_snapshot_of_another_history_replaces_all(behind: OpsClient, unruly: Unruly) -> None:
    other = {"epoch": "another", "offset": 7}
    event = {
        "offset": 8,
        "at": "2026-11-20T03:00:00Z",
        "record": "health",
        "action": "change",
        "health": {"status": "ok"},
    }
    unruly.script.append(
        telling(
            {"type": "snapshot", "topic": "health", "recovered": False, "data": {}, **other},
            {"type": "events", "epoch": "another", "events": [event]},
            {"type": "heartbeat", "at": "2026-11-20T03:00:01Z", **other, "offset": 8},
            {"type": "something new"},
            {"type": "closing", "code": 1001, "reason": "the server is shutting down", **other, "offset": 8},
        )
    )
    with behind.follow("health") as news:
        kinds = [next(news).type_, next(news).type_]
        replacing = next(news)
    assert kinds == ["snapshot", "events"]
    assert isinstance(replacing, LiveSnapshot)
    assert replacing.data
    assert replacing.epoch != "another"
    assert not replacing.recovered
    assert unruly.asked[1].path == "/live/health?epoch=another&offset=8"


def test_what_another_try_would_not_change_ends_it(behind: OpsClient, unruly: Unruly) -> None:
    for status, error in ((401, AuthError), (403, AuthError), (404, NotFound), (422, ValidationError)):
        unruly.script.append(problem(status, "refused"))
        news = behind.follow("observations")
        with pytest.raises(error):
            next(news)
        assert list(news) == []
    unruly.script.append(telling({"type": "snapshot", "epoch": "e", "offset": 1}))
    with pytest.raises(OpsError, match="cannot be read"):
        next(behind.follow("observations"))
    assert len(unruly.asked) == 5


def test_a_topic_that_is_none(ops: OpsClient) -> None:
    with pytest.raises(OpsError, match="no topic 'nothing'; there are buffer, health, observations, transfer"):
        ops.follow("nothing")  # type: ignore[arg-type]


def test_a_token_that_may_not_follow(lab: Lab) -> None:
    with OpsClient(lab.site["url"], "ops_api_token_of_nobody") as ops, pytest.raises(AuthError) as failure:
        next(ops.follow("observations"))
    assert failure.value.status == 401
    with OpsClient(lab.main["url"], lab.main["token"]) as admin:
        made = admin.request("POST", "/api/tokens/", {"name": "reads", "scopes": ["read:observations"]})
    with OpsClient(lab.main["url"], made["token"]) as ops, pytest.raises(AuthError) as failure:
        next(ops.follow("health"))
    assert failure.value.status == 403


def test_a_token_that_is_revoked_ends_it(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    admin = OpsClient(lab.main["url"], lab.main["token"])
    made = admin.request("POST", "/api/tokens/", {"name": "ends", "scopes": ["read:observations"]})
    with OpsClient(lab.main["url"], made["token"]) as ops, ops.follow("observations") as news:
        assert next(news).type_ == "snapshot"
        admin.request("DELETE", f"/api/tokens/{made['id']}")
        with pytest.raises(AuthError) as failure:
            list(news)
    assert failure.value.status == 401
    assert "the site closes the stream: the credential is not good any more (4001)" in caplog.text


def test_nothing_is_left_of_a_loop_that_was_left(ops: OpsClient) -> None:
    gc.collect()
    before, threads = sockets(), threading.enumerate()
    for _ in ops.follow("observations"):
        assert sockets() - before
        break
    assert sockets() <= before
    with contextlib.suppress(ZeroDivisionError):
        for _ in ops.follow("observations"):
            raise ZeroDivisionError
    assert sockets() <= before
    news = ops.follow("observations")
    next(news)
    news.close()
    assert sockets() <= before
    assert list(news) == []
    assert threading.enumerate() == threads


INTERRUPTED = """
import os
from opsdb import OpsClient

def sockets():
    return [n for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")
            and os.readlink(f"/proc/self/fd/{n}").startswith("socket:")]

ops = OpsClient.from_env()
before = sockets()
try:
    for message in ops.follow("transfer"):
        print(message.type_, flush=True)
except KeyboardInterrupt:
    print(sockets() == before, flush=True)
"""


def test_it_is_interrupted_by_ctrl_c(script: Callable[..., subprocess.Popen[str]]) -> None:
    process = script(INTERRUPTED)
    assert process.stdout
    assert process.stdout.readline() == "snapshot\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (output.splitlines()[-1], process.returncode) == ("True", 0), errors


class Enough(Exception):
    """Leaves an example."""


def test_the_readme_can_be_run(ops: OpsClient) -> None:
    text = (ROOT / "clients/python/README.md").read_text()
    example = re.search("## Following\n\n```python\n(.*?)```", text, re.DOTALL)
    assert example
    shown: list[object] = []

    def show(items: object) -> None:
        shown.append(items)
        with ops.observation(1) as obs:
            shown.append(obs.id)

    def tell(record: str, action: str, ids: list[object]) -> None:
        if str(shown[1]) in [str(id) for id in ids]:
            raise Enough

    with pytest.raises(Enough):
        exec(example[1], {"ops": ops, "show": show, "tell": tell})
    assert len(shown) == 2


def test_texts_are_told_as_they_are(ops: OpsClient) -> None:
    comment = "one\u0085two\u2028three\r\nfour"  # which Python takes for ends of lines
    with ops.observation(1, comment=comment) as obs:
        pass
    until(lambda: ops.get(f"/executed_obs_units/executions/{obs.id}")["comment"] == comment)
    with ops.follow("observations") as news:
        snapshot = next(news)
    assert isinstance(snapshot, LiveSnapshot)
    assert snapshot.data
    assert comment in [item.get("comment") for item in snapshot.data["items"]]


def test_events_come_in_any_pieces() -> None:
    text = b': a word\nid: 1\r\nevent: snapshot\r\ndata: {"a":\r\ndata:1}\r\n\r\n\ndata: {}\n\ndata: {"cut off'
    for size in range(1, len(text)):
        parser = Parser()
        pieces = [text[begin : begin + size] for begin in range(0, len(text), size)]
        assert [data for piece in pieces for data in parser.feed(piece)] == [b'{"a":\n1}', b"{}"]


def test_the_twin_follows_too(lab: Lab, ops: OpsClient) -> None:
    async def script() -> None:
        gc.collect()
        before = sockets()
        async with AsyncOpsClient(lab.site["url"], lab.site["token"]) as twin:
            async with twin.follow("observations") as news:
                told = Told(await anext(news))
                lab.kill("observatory/api-1")
                async for message in news:
                    told.add(message)
                    if told.recovered:
                        break
                async with twin.observation(1) as obs:
                    pass
                while obs.id not in told.ids:
                    told.add(await anext(news))
            with pytest.raises(OpsError, match="no topic"):
                twin.follow("nothing")  # type: ignore[arg-type]
            await left(twin)
            await cancelled(twin)
        assert sockets() <= before

    asyncio.run(script())
    with pytest.raises(AuthError):
        asyncio.run(refused(lab))


async def left(twin: AsyncOpsClient) -> None:
    async with twin.follow("transfer") as news:
        async for _ in news:
            following = sockets()
            break
    assert sockets() < following  # at once, and not when the loop tidies up


async def cancelled(twin: AsyncOpsClient) -> None:
    heard = asyncio.Event()

    async def listen() -> None:
        async for _ in twin.follow("transfer"):
            heard.set()

    listening = asyncio.create_task(listen())
    await heard.wait()
    following = sockets()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert sockets() < following


async def refused(lab: Lab) -> None:
    async with AsyncOpsClient(lab.site["url"], "ops_api_token_of_nobody") as twin:
        async for _ in twin.follow("observations"):
            pass
