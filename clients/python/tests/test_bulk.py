import asyncio
import re
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Lab, until
from unruly import Unruly, forward, reset

from opsdb import AsyncOpsClient, OpsClient, Stopped, _bulk, _writes, spool_command
from opsdb._exchange import run
from opsdb._generated.models import RawDataFileCreate
from opsdb._values import new_id
from opsdb.spool import Spool, Write, every

Script = Callable[..., subprocess.Popen[str]]


def spool() -> Spool:
    (only,) = every()
    return only


def names(lab: Lab, id: str) -> list[str]:
    return [
        name for (name,) in lab.rows(f"SELECT name FROM raw_data_file WHERE executed_obs_unit_id = '{id}' ORDER BY 1")
    ]


@dataclass
class Night:
    """Five files, of which the second and the fourth are registered with other content."""

    folder: Path
    ops: OpsClient
    before: str

    def withdraw(self) -> None:
        """Nothing is registered with other content any more."""
        for row in self.ops.get(f"/executed_obs_units/executions/{self.before}")["raw_data_files"]:
            self.ops.request("DELETE", f"/raw_data_files/{row['id']}")


@pytest.fixture
def night(ops: OpsClient, tmp_path: Path) -> Night:
    folder = tmp_path / "night"
    folder.mkdir()
    for number in (1, 3):
        (folder / f"{number}.g3").write_bytes(b"before")
    with ops.observation(1, instrument_module_id=1) as before:
        before.add_files(folder)
    ops.wait(before)
    for number in range(5):
        (folder / f"{number}.g3").write_bytes(b"%d" % number)
    return Night(folder, ops, before.id)


def spooled(hasty: OpsClient, unruly: Unruly, night: Night) -> str:
    """An observation with these files that nobody could be told of."""
    unruly.always = reset
    with hasty.observation(1, instrument_module_id=1) as obs:
        obs.add_files(night.folder)
    unruly.always = forward
    unruly.asked.clear()
    return obs.id


def test_only_what_is_refused_of_a_bulk_is_set_aside(
    hasty: OpsClient, unruly: Unruly, lab: Lab, night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    id = spooled(hasty, unruly, night)
    _, whole, _ = spool().pending()
    assert spool_command.main(["list"]) == spool_command.WAITING
    assert "createRawDataFiles of 5" in capsys.readouterr().out
    assert hasty.flush() == 0
    until(lambda: names(lab, id) == ["0.g3", "2.g3", "4.g3"])
    sent = [asked.path.rpartition("/")[2] for asked in unruly.asked]
    assert sent == ["start", "bulk", "bulk", "finish"], "in order, and what is left is sent at once"
    assert len({asked.key for asked in unruly.asked}) == 4
    refused = spool().refused()
    assert [[row["name"] for row in write.body] for write in refused] == [["1.g3"], ["3.g3"]]
    assert [write.ids for write in refused] == [(whole.ids[1],), (whole.ids[3],)]
    reasons = [write.refusal or {} for write in refused]
    assert [reason["errors"][0]["pointer"] for reason in reasons] == ["/0", "/0"]
    assert [reason.get("recorded", {}).get("name") for reason in reasons] == ["1.g3", None], "both versions of its own"
    with pytest.raises(Stopped, match="was refused"):
        hasty.wait(_writes.Receipt(whole.ids, "spooled", write=whole))
    assert spool_command.main(["list"]) == spool_command.REFUSED
    assert re.search("of .*/1.g3 .* is registered with other content", capsys.readouterr().out)

    assert spool_command.main(["retry", refused[0].key]) == spool_command.OK
    assert hasty.flush() == 0
    assert {write.key for write in spool().refused()} == {write.key for write in refused}, "for the same reason"
    night.withdraw()
    assert spool_command.main(["retry", "all"]) == spool_command.OK
    assert hasty.flush() == 0
    assert spool().refused() == []
    until(lambda: names(lab, id) == [f"{number}.g3" for number in range(5)])


def test_the_twin_sets_aside_no_more(unruly: Unruly, lab: Lab, night: Night) -> None:
    async def script() -> str:
        async with AsyncOpsClient(unruly.url, lab.site["token"], patience=0.2) as ops:
            unruly.always = reset
            async with ops.observation(1, instrument_module_id=1) as obs:
                await obs.add_files(night.folder)
            unruly.always = forward
            assert await ops.flush() == 0
            return obs.id

    id = asyncio.run(script())
    assert [write.body[0]["name"] for write in spool().refused()] == ["1.g3", "3.g3"]
    until(lambda: names(lab, id) == ["0.g3", "2.g3", "4.g3"])


def test_what_a_bulk_refers_to_in_vain_is_set_aside_alone(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    unruly.always = reset
    with hasty.observation(1) as obs:
        rows = [row_of(obs.execution_id, f"{number}.g3", 99999 if number == 2 else 1) for number in range(4)]
        run(hasty._session.record(_writes.files(rows)))
        twice = [row_of(obs.execution_id, "wrong.g3", 99999), row_of(obs.execution_id, "also.g3", 99999)]
        run(hasty._session.record(_writes.files(twice)))
    unruly.always = forward
    assert hasty.flush() == 0
    until(lambda: names(lab, obs.id) == ["0.g3", "1.g3", "3.g3"])
    first, second = spool().refused()
    assert [row["name"] for row in first.body] == ["2.g3"]
    assert first.refusal is not None
    assert first.refusal["errors"] == [
        {"pointer": "/0/instrument_module_id", "detail": "instrument module 99999 does not exist"}
    ]
    assert len(second.body) == 2, "what is refused as a whole stays a whole"


def test_what_is_refused_of_what_was_left_is_told_as_well(hasty: OpsClient, unruly: Unruly, lab: Lab) -> None:
    with hasty.observation(1) as obs:
        there = row_of(obs.execution_id, "there.g3", 1)
        run(hasty._session.record(_writes.files([there])))
        unruly.always = reset
        other = RawDataFileCreate.from_dict({**there.to_dict(), "size_bytes": 2})
        first, last = row_of(obs.execution_id, "first.g3", 1), row_of(obs.execution_id, "last.g3", 99999)
        sent = run(hasty._session.record(_writes.files([first, other, last])))
        unruly.always = forward
        hasty.flush()
        refused = spool().refused()
        assert [write.body[0]["name"] for write in refused] == ["there.g3", "last.g3"], "one after the other"
        assert spool_command.main(["discard", refused[0].key]) == spool_command.OK
        with pytest.raises(Stopped, match="was refused"):
            hasty.wait(sent)
    until(lambda: names(lab, obs.id) == ["first.g3", "there.g3"])


def row_of(execution: Any, name: str, module: int) -> RawDataFileCreate:
    return RawDataFileCreate(execution, module, name, f"{execution}/{name}", 1, "0" * 64, "sha256", new_id())


DYING = """
import os, signal, sys
from opsdb import OpsClient, spool

def killed_before(number):
    real, calls = spool._append, iter(range(number))
    def append(*arguments, **options):
        if next(calls, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*arguments, **options)
    spool._append = append

killed_before(%d)
OpsClient.from_env().flush()
"""

NOTES = ["start", "refused records", "rest in place", "rest", "finish"]
"""What is written down while it is sent, in order."""


@pytest.mark.parametrize("number", range(len(NOTES)), ids=NOTES)
def test_kill_9_before_any_of_it_is_written_down(
    number: int, script: Script, hasty: OpsClient, unruly: Unruly, lab: Lab, night: Night
) -> None:
    id = spooled(hasty, unruly, night)
    dying = script(DYING % number, unruly.url)
    dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert hasty.flush() == 0
    assert [write.body[0]["name"] for write in spool().refused()] == ["1.g3", "3.g3"]
    until(lambda: lab.rows(f"SELECT status FROM executed_obs_unit WHERE id = '{id}'") == [["completed"]])
    assert names(lab, id) == ["0.g3", "2.g3", "4.g3"]


def test_what_is_taken_as_a_whole_after_a_kill_is_not_refused_any_more(
    script: Script, hasty: OpsClient, unruly: Unruly, lab: Lab, night: Night
) -> None:
    id = spooled(hasty, unruly, night)
    script(DYING % NOTES.index("rest in place"), unruly.url).communicate()
    assert len(spool().refused()) == len(spool().pending()) == 2
    night.withdraw()
    assert hasty.flush() == 0
    assert spool().refused() == []
    until(lambda: names(lab, id) == [f"{number}.g3" for number in range(5)])


def write_of(count: int) -> Write:
    execution = new_id()
    return _writes.files([row_of(execution, f"{number}.g3", 1) for number in range(count)])


@pytest.mark.parametrize(
    "problem",
    [
        {"status": 422, "errors": [{"pointer": "", "detail": "of all"}]},
        {"status": 422, "errors": [{"pointer": "/1/name", "detail": ""}, {"pointer": "", "detail": "of all"}]},
        {"status": 422, "errors": [{"pointer": "/7/name", "detail": "of none"}]},
        {"status": 422, "errors": [{"pointer": "/1x", "detail": "of none"}]},
        {"status": 422, "errors": [{"pointer": f"/{number}", "detail": "of each"} for number in range(3)]},
        {"status": 403, "errors": [{"pointer": "/1", "detail": "not for its content"}]},
        {"status": 409},
        {},
    ],
)
def test_what_points_at_no_single_records_splits_nothing(problem: dict[str, Any]) -> None:
    assert _bulk.split(write_of(3), problem) is None
    assert _bulk.split(write_of(1), problem) is None


def test_a_split_write_is_the_same_each_time_and_loses_nothing() -> None:
    whole = write_of(4)
    problem = {"status": 422, "errors": [{"pointer": f"/{n}/name", "detail": "bad"} for n in (3, 1, 3)]}
    split = _bulk.split(whole, problem)
    assert split is not None
    assert split == _bulk.split(whole, problem)
    aside, rest = split
    assert [write.body for write in (*aside, rest)] == [
        [whole.body[1]],
        [whole.body[3]],
        [whole.body[0], whole.body[2]],
    ]
    assert [write.ids for write in (*aside, rest)] == [whole.ids[1:2], whole.ids[3:], (whole.ids[0], whole.ids[2])]
    assert {write.needs for write in (*aside, rest)} == {whole.needs}
    assert {write.key for write in aside} < set(_bulk.keys(whole))
    assert len({whole.key, rest.key, *_bulk.keys(whole)}) == 6
    assert [len((write.refusal or {})["errors"]) for write in aside] == [1, 2]


def test_a_part_of_a_part_is_a_part() -> None:
    whole, other = write_of(4), write_of(4)
    split = _bulk.split(whole, {"status": 409, "errors": [{"pointer": "/0", "detail": ""}]})
    assert split is not None
    left = split[1]
    again = _bulk.split(left, {"status": 422, "errors": [{"pointer": "/2", "detail": ""}]})
    assert again is not None
    parts = [*split[0], left, *again[0], again[1]]
    assert [_bulk.belongs(write, whole) for write in [whole, *parts]] == [True] * 5
    assert [_bulk.belongs(write, other) for write in [whole, *parts]] == [False] * 5
    assert not _bulk.belongs(whole, left)


def test_what_is_left_stands_where_the_whole_stood(tmp_path: Path) -> None:
    kept, first, whole, last = Spool(tmp_path / "spool"), write_of(1), write_of(3), write_of(1)
    for write in (first, whole, last):
        kept.append(write)
    for index in (0, 1):
        split = _bulk.split(whole, {"status": 409, "errors": [{"pointer": f"/{index}", "detail": ""}]})
        assert split is not None
        kept.split(whole, *split)
        whole = split[1]
        assert kept.pending() == [first, whole, last]
    kept.done(whole)
    assert kept.pending() == [first, last]
    assert [write.body[0]["name"] for write in kept.refused()] == ["0.g3", "2.g3"]
