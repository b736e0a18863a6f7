import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Lab, spool, states, until
from unruly import Behaviour, Unruly, cut, forward, page, problem, reset, silent

from opsdb import AsyncOpsClient, AuthError, OpsClient, OpsError, Stopped, WaitTimeout, spool_command
from opsdb._config import Site
from opsdb.spool import Spool

Script = Callable[..., subprocess.Popen[str]]


def test_what_the_api_does_not_take_is_kept_and_sent_in_order_by_the_next_call(
    hasty: OpsClient, unruly: Unruly, lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.g3").write_bytes(b"x" * 10)
    unruly.always = reset
    with hasty.observation(1, instrument_module_id=1) as first:
        first.add_file(tmp_path / "a.g3")
    with hasty.observation(1) as second:
        pass
    assert [receipt.state for receipt in first.receipts + second.receipts] == ["spooled"] * 5
    operations = ["startExecutedObsUnit", "createRawDataFile", "finishExecutedObsUnit"]
    assert [write.operation for write in spool().pending()] == [*operations, operations[0], operations[2]]
    with pytest.raises(WaitTimeout, match="is still in"):
        hasty.wait(first, timeout=0.2)
    assert spool_command.main(["list"]) == spool_command.WAITING
    assert "waits" in capsys.readouterr().out

    unruly.always = forward
    rows = {row["id"]: row for row in hasty.table("executed_obs_units", "list", order="newest")}
    assert rows[first.id]["status"] == rows[second.id]["status"] == "completed"
    assert datetime.fromisoformat(rows[first.id]["start_time"]) == first.start
    assert spool().pending() == []
    hasty.wait(first)
    hasty.wait(second)
    assert states(lab, first.id, second.id) == [[first.id, "completed"], [second.id, "completed"]]
    assert spool_command.main(["list"]) == spool_command.OK


def test_a_new_write_never_overtakes_the_spool(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    with hasty.observation(1) as first:
        pass
    unruly.always = forward
    unruly.asked.clear()
    with hasty.observation(1) as second:
        assert [json.loads(asked.body).get("id") for asked in unruly.asked] == [first.id, None, second.id]
    assert [receipt.state for receipt in second.receipts] == ["buffered", "buffered"]
    hasty.wait(first)
    assert states(lab, first.id) == [[first.id, "completed"]]


def test_a_write_joins_the_spool_while_the_api_is_still_away(hasty: OpsClient, unruly: Unruly) -> None:
    unruly.always = reset
    with hasty.observation(1) as obs:
        before = len(unruly.asked)
    assert len(unruly.asked) == before + 2, "one attempt, and one for a connection that may have been an old one"
    assert json.loads(unruly.asked[-1].body)["id"] == obs.id


def test_an_api_that_accepts_and_does_not_answer_doubles_nothing(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.always = cut
    with hasty.observation(1) as obs:
        pass
    assert [receipt.state for receipt in obs.receipts] == ["spooled", "spooled"]
    unruly.always = forward
    assert hasty.flush() == 0
    hasty.wait(obs, "committed")
    assert states(lab, obs.id) == [[obs.id, "completed"]]


@pytest.mark.parametrize(
    "portal",
    [
        page(200),
        page(200, "application/json", b'{"ok": true}'),
        page(201, "application/json", b"[]"),
        page(200, "application/json", b"{"),
        page(302),
        page(422),
        page(404, "application/problem+json", b"<h1>"),
        page(204, "", b""),
    ],
)
def test_nothing_has_arrived_or_is_refused_because_something_else_says_so(
    portal: Behaviour, hasty: OpsClient, unruly: Unruly
) -> None:
    unruly.always = portal
    with hasty.observation(1) as obs:
        pass
    assert [receipt.state for receipt in obs.receipts] == ["spooled", "spooled"]
    assert hasty.flush() == 2
    assert spool().refused() == []


def test_what_a_token_may_not_do_is_set_aside_and_stops_nothing(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    with hasty.observation(1) as denied, hasty.observation(1) as allowed:
        pass
    unruly.always = forward
    unruly.script.append(problem(403, "forbidden"))
    assert hasty.flush() == 0
    assert [write.operation for write in spool().refused()] == ["startExecutedObsUnit", "finishExecutedObsUnit"]
    hasty.wait(allowed)
    assert states(lab, allowed.id, denied.id) == [[allowed.id, "completed"]]
    assert spool_command.main(["retry", "all"]) == spool_command.OK
    assert hasty.flush() == 0
    hasty.wait(denied)


def test_who_may_not_record_is_told_at_once_while_the_spool_has_something(hasty: OpsClient, unruly: Unruly) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    unruly.always = problem(403, "forbidden")
    with pytest.raises(AuthError), hasty.observation(1):
        pytest.fail("it was entered")


def test_what_is_refused_is_set_aside_with_what_depends_on_it(
    hasty: OpsClient, unruly: Unruly, lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.g3").write_bytes(b"y" * 10)
    unruly.always = reset
    with hasty.observation(99999, instrument_module_id=1) as wrong:
        with wrong.package("b.tar") as package:
            package.add_file(tmp_path / "b.g3")
        with hasty.observation(1) as right:
            pass
        unruly.always = forward
        assert hasty.flush() == 0
    assert wrong.receipts[-1].state == "refused", "a write that comes later depends on it, too"
    refused = spool().refused()
    assert [write.operation for write in refused] == [
        "startExecutedObsUnit",
        "createRawDataPackage",
        "createRawDataFile",
        "finalizeRawDataPackage",
        "finishExecutedObsUnit",
    ]
    assert [write.behind for write in refused] == [None, *[refused[0].key] * 4]
    hasty.wait(right)
    assert states(lab, right.id, wrong.id) == [[right.id, "completed"]]
    with pytest.raises(Stopped, match="was refused"):
        hasty.wait(wrong)
    assert spool_command.main(["list"]) == spool_command.REFUSED
    assert "observation unit 99999 does not exist" in capsys.readouterr().out

    assert spool_command.main(["retry", refused[0].key]) == spool_command.OK
    assert [write.operation for write in spool().pending()] == [write.operation for write in refused]
    assert spool().refused() == []
    assert hasty.flush() == 0
    assert len(spool().refused()) == 5
    assert spool_command.main(["discard", "all"]) == spool_command.OK
    assert spool_command.main(["list"]) == spool_command.OK


def test_a_refusal_of_the_write_itself_is_told_to_who_makes_it(hasty: OpsClient, unruly: Unruly) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    unruly.always = forward
    with pytest.raises(Exception, match="unit 99999 does not exist"), hasty.observation(99999):
        pytest.fail("it was entered")
    assert spool().pending() == spool().refused() == []


def test_a_failure_of_the_server_at_one_write_holds_only_what_depends_on_it(
    hasty: OpsClient, unruly: Unruly, lab: Lab
) -> None:
    unruly.always = reset
    with hasty.observation(1) as first:
        pass
    with hasty.observation(1) as second:
        pass
    unruly.always = forward
    unruly.script.append(problem(500, "internal"))
    assert hasty.flush() == 2
    assert {id for write in spool().pending() for id in write.ids} == {first.id}
    until(lambda: states(lab, first.id, second.id) == [[second.id, "completed"]])
    assert hasty.flush() == 0
    until(lambda: len(states(lab, first.id, second.id)) == 2)


def test_a_token_that_ends_during_the_observation_keeps_its_end(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    admin = OpsClient(lab.main["url"], lab.main["token"])
    made = admin.request("POST", "/api/tokens/", {"name": "ends", "scopes": ["write:observations"]})
    with OpsClient(lab.main["url"], made["token"]).observation(1) as obs:
        admin.request("DELETE", f"/api/tokens/{made['id']}")
    assert obs.receipts[-1].state == "spooled"
    assert Spool.of(Site(lab.main["url"], lab.main["token"])).adopt(spool()) == 1
    assert admin.flush() == 0
    assert states(lab, obs.id) == [[obs.id, "completed"]]


def test_tokens_and_sites_do_not_mix(unruly: Unruly, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    made = OpsClient(lab.site["url"], lab.site["token"]).request(
        "POST", "/api/tokens/", {"name": "old", "scopes": ["write:observations"]}
    )
    unruly.always = reset
    with OpsClient(unruly.url, made["token"], patience=0.2) as old, old.observation(1) as obs:
        pass
    strange = spool()
    unruly.always = forward
    with OpsClient(unruly.url, lab.site["token"]) as ops:
        ops.get("/health")
        assert ops.flush() == 0
        assert len(strange.pending()) == 2, "what another token has to say is not said with this one"
        assert made["token"] not in "".join(path.read_text() for path in strange.directory.iterdir())
        monkeypatch.setenv("OPS_API_URL", unruly.url)
        monkeypatch.setenv("OPS_API_TOKEN", lab.site["token"])
        assert spool_command.main(["flush"]) == spool_command.WAITING
        assert spool_command.main(["adopt", str(strange.directory)]) == spool_command.OK
        assert spool_command.main(["flush"]) == spool_command.OK
        ops.wait(obs)
    assert states(lab, obs.id) == [[obs.id, "completed"]]


INTERRUPTED = """
import os, signal
from opsdb import OpsClient
from opsdb.spool import Spool

def killed_after(name):
    real = getattr(Spool, name)
    def method(self, *arguments, **options):
        real(self, *arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(Spool, name, method)

ops = OpsClient.from_env(patience=0.2)
"""


def test_kill_9_after_the_disk_has_it(script: Script, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    process = script(INTERRUPTED + "killed_after('append')\nwith ops.observation(1): pass", unruly.url)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    (start,) = spool().pending()
    unruly.always = forward
    with OpsClient(unruly.url, lab.site["token"]) as ops:
        assert ops.flush() == 0
        ops.table("executed_obs_units", "list", status="running")
        until(lambda: states(lab, start.ids[0]) == [[start.ids[0], "running"]])
        ops.request("PUT", f"/executed_obs_units/{start.ids[0]}/finish", {"status": "aborted"})


def test_kill_9_between_the_answer_and_the_note_of_it(script: Script, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    process = script(
        "from opsdb import OpsClient\nwith OpsClient.from_env(patience=0.2).observation(1): pass", unruly.url
    )
    assert "is kept in" in process.communicate()[1]
    start, _ = spool().pending()
    unruly.always = forward
    dying = script(
        "import os, signal\nfrom opsdb import OpsClient\nfrom opsdb.spool import Spool\n"
        "Spool.done = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\nOpsClient.from_env().flush()",
        unruly.url,
    )
    dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert len(spool().pending()) == 2
    with OpsClient(unruly.url, lab.site["token"]) as ops:
        assert ops.flush() == 0
    until(lambda: states(lab, start.ids[0]) == [[start.ids[0], "completed"]])


MANY = """
from opsdb import OpsClient
ops = OpsClient.from_env(patience=0.2)
for _ in range(8):
    with ops.observation(1) as obs: pass
    print(obs.id, flush=True)
input()
while ops.flush(): pass
for _ in range(2):
    with ops.observation(1) as obs: pass
    print(obs.id, flush=True)
while ops.flush(): pass
"""


def test_processes_share_one_spool(script: Script, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    processes = [script(MANY, unruly.url) for _ in range(3)]
    ids = [process.stdout.readline().strip() for process in processes if process.stdout for _ in range(8)]
    assert len(spool().pending()) == 48
    unruly.always = forward
    unruly.asked.clear()
    for process in processes:
        output, _ = process.communicate("\n")
        assert process.returncode == 0
        ids += output.split()
    assert spool().pending() == spool().refused() == []
    assert len(ids) == len(set(ids)) == 30
    until(lambda: [state for _, state in states(lab, *ids)] == ["completed"] * 30)


def test_tasks_share_one_spool_too(unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset

    async def observe(ops: AsyncOpsClient) -> str:
        async with ops.observation(1) as obs:
            unruly.always = forward  # it comes back when the first start is in the spool
        return obs.id

    async def script() -> list[str]:
        async with AsyncOpsClient(unruly.url, lab.site["token"], patience=0.2) as ops:
            ids = await asyncio.gather(*(observe(ops) for _ in range(20)))
            assert await ops.flush() == 0
            return ids

    ids = asyncio.run(script())
    assert spool().pending() == spool().refused() == []
    until(lambda: [state for _, state in states(lab, *ids)] == ["completed"] * 20)


def test_a_task_that_is_cancelled_keeps_what_it_records(unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    busy = threading.Event()

    async def script() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        async with AsyncOpsClient(unruly.url, lab.site["token"], patience=0.2) as ops:
            obs = ops.observation(1)
            await obs.__aenter__()
            blocked = asyncio.create_task(asyncio.to_thread(busy.wait))  # as by the reading of files
            end = asyncio.create_task(obs.finish())
            await asyncio.sleep(0)  # until it waits for something
            end.cancel()
            with suppress(asyncio.CancelledError):
                await end
            busy.set()
            await blocked

    asyncio.run(script())
    assert [write.operation for write in spool().pending()] == ["startExecutedObsUnit", "finishExecutedObsUnit"]


def test_an_interrupted_start_leaves_nothing_running(script: Script, unruly: Unruly, lab: Lab) -> None:
    release = threading.Event()
    unruly.always = silent(release)
    process = script("from opsdb import OpsClient\nwith OpsClient.from_env().observation(1): pass", unruly.url)
    until(lambda: len(unruly.asked) == 1)
    os.kill(process.pid, signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate()[1]
    release.set()
    unruly.always = forward
    with OpsClient(unruly.url, lab.site["token"]) as ops:
        start, end = spool().pending()
        assert ops.flush() == 0
    assert start.ids == end.ids
    until(lambda: states(lab, *start.ids) == [[start.ids[0], "aborted"]])


FULL = """
import resource
from opsdb import OpsClient
ops = OpsClient.from_env(patience=0.2)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
with ops.observation(1): print("entered")
"""


BUSY = """
from pathlib import Path
from opsdb import OpsClient
with OpsClient.from_env(data_root=Path.home()).observation(1, instrument_module_id=1) as obs:
    path = Path.home() / f"{obs.id}.g3"
    path.write_bytes(b"data")
    print(obs.id, flush=True)
    obs.add_file(path)
"""


def test_an_interrupted_write_is_not_lost_and_the_end_is_recorded(script: Script, unruly: Unruly, lab: Lab) -> None:
    release = threading.Event()
    unruly.script.extend([forward, silent(release)])
    process = script(BUSY, unruly.url)
    until(lambda: len(unruly.asked) == 2)
    os.kill(process.pid, signal.SIGINT)
    output, errors = process.communicate()
    release.set()
    assert "KeyboardInterrupt" in errors
    id = output.strip()
    until(lambda: states(lab, id) == [[id, "aborted"]])
    assert lab.rows(f"SELECT name FROM raw_data_file WHERE executed_obs_unit_id = '{id}'") == [[f"{id}.g3"]]
    assert spool().pending() == []


def test_a_disk_without_room_is_told_at_once(script: Script, unruly: Unruly) -> None:
    unruly.always = reset
    output, errors = script(FULL, unruly.url).communicate()
    assert output == ""
    assert "startExecutedObsUnit is lost" in errors
    assert "the spool cannot take it: [Errno 27] File too large" in errors
    assert spool().pending() == []


def test_a_folder_that_takes_nothing_is_told_while_the_site_is_there(
    lab: Lab, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with OpsClient(lab.site["url"], lab.site["token"], spool=tmp_path / "file") as ops:
        for _ in range(2):
            with ops.observation(1) as obs:
                pass
        assert [receipt.state for receipt in obs.receipts] == ["buffered", "buffered"]
    assert [message for message in caplog.messages if "nothing can be kept here" in message] == [caplog.messages[0]]


def test_a_spool_that_cannot_be_read_is_no_empty_one(
    hasty: OpsClient, unruly: Unruly, capsys: pytest.CaptureFixture[str]
) -> None:
    unruly.always = reset
    with hasty.observation(1):
        pass
    (spool().directory / "refused.jsonl").mkdir()
    with pytest.raises(OpsError, match="cannot be known"), hasty.observation(1):
        pytest.fail("it was entered")
    assert spool_command.main(["list"]) == spool_command.USAGE
    assert "refused.jsonl" in capsys.readouterr().err
