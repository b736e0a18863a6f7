import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from conftest import Lab
from unruly import Unruly, cut, cut_short, page, problem, reset, silent

from opsdb import AsyncOpsClient, OpsClient, OpsError, Unavailable
from opsdb._exchange import Response, retry_after


@pytest.fixture
def ops(lab: Lab, unruly: Unruly) -> OpsClient:
    return OpsClient(unruly.url, lab.site["token"], spool=False)


def test_a_write_is_sent_under_one_key_until_it_is_answered(ops: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.script.extend([reset, cut, page(502), page(404), problem(500, "internal"), cut_short])
    with ops.observation(1) as obs:
        pass
    starts = [asked for asked in unruly.asked if asked.path == "/executed_obs_units/start"]
    assert len(starts) == 7
    assert len({(asked.key, asked.body) for asked in starts}) == 1
    assert len({asked.key for asked in unruly.asked}) == 2
    ops.wait(obs)
    assert lab.rows(f"SELECT status FROM executed_obs_unit WHERE id = '{obs.id}'") == [["completed"]]


def test_retry_after_is_kept(ops: OpsClient, unruly: Unruly) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    date = format_datetime(later, usegmt=True)
    unruly.script.extend([problem(503, "unavailable", Retry_After="1"), problem(429, "too-many", Retry_After=date)])
    ops.get("/api/site/info")
    assert datetime.now(UTC) >= later
    first, second, _ = (asked.at for asked in unruly.asked)
    assert second - first >= 1


def test_a_date_counts_on_the_clock_of_the_server() -> None:
    server = datetime(2020, 1, 1, tzinfo=UTC)
    headers = {"date": format_datetime(server), "retry-after": format_datetime(server + timedelta(seconds=7))}
    assert retry_after(Response(503, headers, b"")) == 7
    assert retry_after(Response(503, {"retry-after": "3"}, b"")) == 3
    assert retry_after(Response(503, {"retry-after": "soon"}, b"")) is None
    assert retry_after(Response(503, {"retry-after": "²"}, b"")) is None


def test_a_deadline_is_for_all_attempts_together(unruly: Unruly, lab: Lab) -> None:
    release = threading.Event()
    unruly.always = silent(release)
    ops = OpsClient(unruly.url, lab.site["token"], patience=1.0, spool=False)
    begin = time.monotonic()
    with pytest.raises(Unavailable, match="no answer"), ops.observation(1):
        pytest.fail("it was entered")
    assert time.monotonic() - begin < 3
    release.set()


def test_who_is_told_to_come_back_later_than_he_can_gives_up_at_once(unruly: Unruly, lab: Lab) -> None:
    unruly.always = problem(503, "buffer-unavailable", Retry_After="3600")
    ops = OpsClient(unruly.url, lab.site["token"], spool=False)
    begin = time.monotonic()
    with pytest.raises(Unavailable, match="503 buffer-unavailable, request test"), ops.observation(1):
        pytest.fail("it was entered")
    assert time.monotonic() - begin < 5
    assert len(unruly.asked) == 1


def test_what_has_no_key_is_not_sent_again_when_it_may_have_been_done(ops: OpsClient, unruly: Unruly) -> None:
    unruly.script.append(cut)
    with pytest.raises(Unavailable, match="no answer"):
        ops.request("POST", "/auth/introspect", {"token": "x"})
    assert len(unruly.asked) == 1


def test_generated_operations_are_sent_again_too(ops: OpsClient, unruly: Unruly) -> None:
    from opsdb._generated.api.site import get_site_info
    from opsdb._generated.models import SiteInfo

    unruly.script.extend([reset, page(503)])
    info = get_site_info.sync(client=ops.raw)
    assert isinstance(info, SiteInfo)
    assert info.site_name == "observatory"
    assert len(unruly.asked) == 3


@pytest.mark.parametrize("path", ["http://{}/x", "HTTP://{}/x", "//{}/x", "{}/x", ""])
def test_a_token_is_taken_nowhere_else(lab: Lab, unruly: Unruly, path: str) -> None:
    other = path.format(unruly.url.removeprefix("http://"))

    async def twin() -> None:
        async with AsyncOpsClient(lab.site["url"], lab.site["token"]) as ops:
            with pytest.raises(OpsError, match="is no path of the API"):
                await ops.get(other)

    with OpsClient(lab.site["url"], lab.site["token"]) as ops:
        for method in ("GET", "PUT"):
            with pytest.raises(OpsError, match="is no path of the API"):
                ops.request(method, other)
    asyncio.run(twin())
    assert unruly.asked == []


def test_nor_by_the_client_of_the_generated_operations(lab: Lab, unruly: Unruly) -> None:
    async def twin() -> None:
        async with AsyncOpsClient(lab.site["url"], lab.site["token"]) as ops:
            assert (await ops.raw.get_async_httpx_client().get("/health")).status_code == 200
            with pytest.raises(OpsError, match="the token goes nowhere else"):
                await ops.raw.get_async_httpx_client().get(f"{unruly.url}/health")

    with OpsClient(lab.site["url"], lab.site["token"]) as ops:
        assert ops.raw.get_httpx_client().get("/health").status_code == 200
        with pytest.raises(OpsError, match="the token goes nowhere else"):
            ops.raw.get_httpx_client().get(f"{unruly.url}/health")
    asyncio.run(twin())
    assert unruly.asked == []
