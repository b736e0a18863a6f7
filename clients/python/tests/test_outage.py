"""What an observing script feels of a site whose API is killed, and of one without its link: nothing."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Lab, until

from opsdb import Observation, OpsClient, Stopped, WaitTimeout
from opsdb.spool import every

NIGHT = """
import sys
from pathlib import Path
from opsdb import OpsClient

ops = OpsClient.from_env(patience=float(sys.stdin.readline()), data_root=Path.home())
for number in range(40):
    with ops.observation(1, instrument_module_id=1) as obs:
        file = Path.home() / f"{obs.id}.g3"
        file.write_bytes(b"data")
        print("observing", obs.id, flush=True)
        obs.add_file(file)
print("end", flush=True)
sys.stdin.readline()
while ops.flush():
    pass
"""


@pytest.mark.parametrize("patience", [20.0, 0.1], ids=["patient", "spooling"])
def test_the_api_is_killed_in_the_middle_of_a_night(
    lab: Lab, ops: OpsClient, script: Callable[..., subprocess.Popen[str]], patience: float, home: Path
) -> None:
    process = script(NIGHT)
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{patience}\n")
    process.stdin.flush()
    ids = []
    for line in process.stdout:
        if line == "end\n":
            break
        ids.append(line.split()[1])
        if len(ids) in (5, 15, 16, 30):
            lab.kill("observatory/api-1")
    ops.get("/health/ready")  # it is back
    _, errors = process.communicate("\n")
    assert process.returncode == 0, errors
    assert ("is kept in" in errors) == (patience < 1), "the patient one waits, the other one goes on observing"
    assert len(ids) == len(set(ids)) == 40
    assert [spool.pending() + spool.refused() for spool in every()] in ([], [[]])
    named = ",".join(f"'{id}'" for id in ids)
    recorded = f"SELECT id, status FROM executed_obs_unit WHERE id IN ({named}) ORDER BY start_time, id"
    until(lambda: lab.rows(recorded) == [[id, "completed"] for id in ids])
    files = lab.rows(f"SELECT executed_obs_unit_id FROM raw_data_file WHERE executed_obs_unit_id IN ({named})")
    assert sorted(files) == sorted([id] for id in ids)


def stopped(pid: int) -> bool:
    """Whether every thread of a process is."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


def test_an_api_that_hangs(lab: Lab, home: Path) -> None:
    pid = lab.pid("observatory/api-1")
    with OpsClient(lab.site["url"], lab.site["token"], patience=1.0) as ops:
        os.kill(pid, signal.SIGSTOP)
        try:
            until(lambda: stopped(pid))
            with ops.observation(1) as obs:
                pass
        finally:
            os.kill(pid, signal.SIGCONT)
        assert [receipt.state for receipt in obs.receipts] == ["spooled", "spooled"]
        ops.wait(obs)
    assert lab.rows(f"SELECT status FROM executed_obs_unit WHERE id = '{obs.id}'") == [["completed"]]


def test_without_its_link_a_site_goes_on(lab: Lab, ops: OpsClient) -> None:
    lab.link("cut")
    try:
        with ops.observation(1) as obs:
            pass
        assert [receipt.state for receipt in obs.receipts] == ["buffered", "buffered"]
        assert ops.get(f"/executed_obs_units/executions/{obs.id}")["status"] == "completed"
        with pytest.raises(WaitTimeout, match=r"is (buffered|executing), not yet replicated"):
            ops.wait(obs, timeout=0.5)
    finally:
        lab.link("heal")
    ops.wait(obs)
    assert lab.rows(f"SELECT status FROM executed_obs_unit WHERE id = '{obs.id}'") == [["completed"]]


def contradicted(lab: Lab, ops: OpsClient) -> tuple[Observation, str]:
    """An observation that was recorded otherwise in Cologne, and the transaction of its start, which is parked."""
    lab.link("cut")
    try:
        obs = ops.observation(1, comment="recorded at the observatory")
        obs.__enter__()
        body = {"id": obs.id, "obs_unit_id": 1, "comment": "recorded in Cologne"}
        with OpsClient(lab.main["url"], lab.main["token"]) as cologne:
            cologne.request("POST", "/executed_obs_units/start", body)
    finally:
        lab.link("heal")
    with pytest.raises(Stopped, match="is parked: "):
        ops.wait(obs, "committed")
    (parked,) = ops.rows("transactions", state="parked")
    return obs, parked["id"]


def test_who_waits_is_told_when_a_person_has_to_decide(lab: Lab, ops: OpsClient) -> None:
    obs, parked = contradicted(lab, ops)
    ops.request("POST", f"/transactions/{parked}/discard", {"reason": "told twice"})
    obs.finish()


def test_what_took_the_place_of_a_write_is_waited_for(lab: Lab, ops: OpsClient) -> None:
    obs, parked = contradicted(lab, ops)
    steps = ops.get(f"/transactions/{parked}")["steps"]
    with OpsClient(lab.main["url"], lab.main["token"]) as cologne:
        recorded = cologne.get(f"/executed_obs_units/executions/{obs.id}")
    steps[0]["params"] |= {name: recorded[name] for name in ("site", "start_time", "observer", "comment", "conditions")}
    ops.request("PUT", f"/transactions/{parked}", {"reason": "as in Cologne", "steps": steps})
    ops.wait(obs, "replicated")
    obs.finish()
