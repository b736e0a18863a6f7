import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import Lab
from unruly import Unruly, cut, forward

from opsdb import AsyncOpsClient, Conflict, OpsClient, OpsError, Unavailable, ValidationError


def recorded(ops: OpsClient, id: str) -> dict[str, Any]:
    found: dict[str, Any] = ops.get(f"/executed_obs_units/executions/{id}")
    return found


def test_a_block_that_ends_is_completed(ops: OpsClient) -> None:
    with ops.observation(1, observer="ada", comment="scan 1", conditions={"pwv_mm": 0.41}) as obs:
        assert recorded(ops, obs.id)["status"] == "running"
        obs.conditions["wind_m_s"] = 6.2
        obs.comment = "scan 1, clear"
    row = recorded(ops, obs.id)
    assert (row["status"], row["observer"], row["comment"]) == ("completed", "ada", "scan 1, clear")
    assert row["conditions"] == {"pwv_mm": 0.41, "wind_m_s": 6.2}
    assert row["start_time"] < row["end_time"]


def test_an_exception_makes_it_failed_and_goes_on(ops: OpsClient) -> None:
    with pytest.raises(ZeroDivisionError), ops.observation(1, comment="scan 2") as obs:
        raise ZeroDivisionError("no flux")
    row = recorded(ops, obs.id)
    assert (row["status"], row["comment"]) == ("failed", "scan 2\nZeroDivisionError: no flux")


def test_whatever_an_exception_says_is_recorded(ops: OpsClient) -> None:
    with pytest.raises(ValueError, match="no pointing"), ops.observation(1) as obs:
        raise ValueError("no pointing \0 \ud800 " + "é" * 5000)
    comment = recorded(ops, obs.id)["comment"]
    assert comment.startswith("ValueError: no pointing  ? éé")
    assert len(comment) == 4000


def test_a_clock_that_is_set_back_does_not_keep_the_end_from_being_recorded(ops: OpsClient) -> None:
    start = datetime.now(UTC) + timedelta(hours=1)
    with ops.observation(1, start) as obs:
        pass
    assert datetime.fromisoformat(recorded(ops, obs.id)["end_time"]) == start


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(0)])
def test_leaving_makes_it_aborted(ops: OpsClient, end: BaseException) -> None:
    with pytest.raises(type(end)), ops.observation(1) as obs:
        raise end
    assert recorded(ops, obs.id)["status"] == "aborted"


def test_times_are_those_that_are_said(ops: OpsClient) -> None:
    with ops.observation(1, "2026-07-15T08:20:00-03:00") as obs:
        obs.finish("aborted", datetime(2026, 7, 15, 11, 29, tzinfo=UTC), comment="clouds", conditions={"pwv_mm": 4})
    row = recorded(ops, obs.id)
    assert (row["start_time"], row["end_time"]) == ("2026-07-15T11:20:00Z", "2026-07-15T11:29:00Z")
    assert (row["status"], row["comment"], row["conditions"]) == ("aborted", "clouds", {"pwv_mm": 4})


@pytest.mark.parametrize(
    ("comment", "conditions", "error"),
    [("x" * 5000, {}, ValidationError), (None, {"wind": object()}, TypeError), ("\0", {}, ValidationError)],
)
def test_an_end_is_recorded_without_what_the_api_does_not_take(
    ops: OpsClient, comment: str | None, conditions: dict[str, Any], error: type[Exception]
) -> None:
    obs = ops.observation(1, comment="scan", conditions={"pwv_mm": 1}).__enter__()
    obs.comment = comment or "scan"
    obs.conditions.update(conditions)
    with pytest.raises(error):
        obs.__exit__(None, None, None)
    row = recorded(ops, obs.id)
    assert (row["status"], row["comment"], row["conditions"]) == ("completed", "scan", {"pwv_mm": 1})
    failed = ops.observation(1).__enter__()
    failed.conditions["wind"] = object()
    cause = ZeroDivisionError()
    failed.__exit__(type(cause), cause, None)
    assert recorded(ops, failed.id)["status"] == "failed"
    assert "nothing that can be recorded" in cause.__notes__[0]


def test_a_refused_finish_leaves_the_end_to_the_block(ops: OpsClient) -> None:
    with pytest.raises(ValidationError), ops.observation(1) as obs:
        obs.finish("aborted", comment="x" * 5000)
    row = recorded(ops, obs.id)
    assert row["status"] == "failed"


def test_what_a_sensor_does_not_know_is_recorded_as_nothing(ops: OpsClient) -> None:
    with ops.observation(1, conditions={"pwv_mm": float("nan"), "tau": [0.1, float("inf")]}) as obs:
        obs.conditions["wind"] = {"m_s": float("nan")}
    assert recorded(ops, obs.id)["conditions"] == {"pwv_mm": None, "tau": [0.1, None], "wind": {"m_s": None}}


def test_a_refused_start_is_told_before_anything_is_observed(ops: OpsClient) -> None:
    with pytest.raises(ValidationError, match="unit 99999 does not exist"), ops.observation(99999):
        pytest.fail("it was entered")


def test_a_refused_end_is_told_but_hides_no_exception(ops: OpsClient) -> None:
    def finished_by_another(id: str) -> None:
        ops.request("PUT", f"/executed_obs_units/{id}/finish", {"status": "aborted"})

    obs = ops.observation(1)
    with pytest.raises(Conflict, match="recorded"), obs:
        finished_by_another(obs.id)
    caught = None
    try:
        with ops.observation(1) as obs:
            finished_by_another(obs.id)
            raise ZeroDivisionError
    except ZeroDivisionError as failure:
        caught = failure
    assert caught
    assert "not recorded: The execution has other content" in caught.__notes__[0]


def test_an_observation_is_made_for_one_block(ops: OpsClient) -> None:
    obs = ops.observation(1, instrument_module_id=1)
    with obs:
        package = obs.package(f"{obs.id}.tar")
        with package:
            pass
        with pytest.raises(OpsError, match=f"package {package.id} named .* was entered before: make another"), package:
            pytest.fail("it was entered")
    with pytest.raises(OpsError, match=f"observation {obs.id} of unit 1> was entered before: make another"), obs:
        pytest.fail("it was entered")
    assert recorded(ops, obs.id)["status"] == "completed"


def test_a_start_that_nobody_has_answered_is_tried_again_under_its_id(unruly: Unruly, lab: Lab) -> None:
    unruly.always = cut
    with OpsClient(unruly.url, lab.site["token"], patience=0.2, spool=False) as ops:
        obs = ops.observation(1)
        with pytest.raises(Unavailable), obs:
            pytest.fail("it was entered")
        unruly.always = forward
        with obs:
            pass
        assert recorded(ops, obs.id)["status"] == "completed"


def test_it_is_replicated_when_it_was_waited_for(ops: OpsClient, lab: Lab) -> None:
    with ops.observation(1) as obs:
        pass
    ops.wait(obs, "replicated")
    assert recorded(ops, obs.id)["sync"] == "replicated"
    assert lab.rows(f"SELECT status FROM executed_obs_unit WHERE id = '{obs.id}'") == [["completed"]]


def test_another_site_shows_it_when_it_is_told_after_what(ops: OpsClient, lab: Lab) -> None:
    with OpsClient(lab.main["url"], lab.main["token"]) as cologne, cologne.observation(2) as obs:
        receipt = obs.finish()
    ids = [row["id"] for row in ops.table("executed_obs_units", "list", obs_unit_id=2, after=receipt)]
    assert obs.id in ids


def test_without_a_spool_it_is_said_that_nobody_answers() -> None:
    ops = OpsClient("http://127.0.0.1:1", "x", patience=0.2, spool=False)
    with pytest.raises(Unavailable, match="cannot connect"), ops.observation(1):
        pytest.fail("it was entered")
    with pytest.raises(Unavailable, match="cannot connect"):
        ops.get("/health")


async def on_a_loop(lab: Lab, how: str) -> str:
    async with AsyncOpsClient(lab.site["url"], lab.site["token"]) as ops:
        async with ops.observation(1) as obs:
            if how == "cancelled":
                asyncio.current_task().cancel()  # type: ignore[union-attr]
                await asyncio.wait_for(asyncio.Event().wait(), 60)
            if how == "failed":
                raise ZeroDivisionError(obs.id)
        await ops.wait(obs)
        rows = [row async for row in ops.rows("executed_obs_units", obs_unit_id=1, order="newest")]
        assert obs.id in [row["id"] for row in rows]
        assert (await ops.get(f"/executed_obs_units/executions/{obs.id}"))["sync"] == "replicated"
        return obs.id


def test_the_twin_does_the_same(lab: Lab, ops: OpsClient) -> None:
    assert recorded(ops, asyncio.run(on_a_loop(lab, "completed")))["status"] == "completed"
    with pytest.raises(ZeroDivisionError) as failure:
        asyncio.run(on_a_loop(lab, "failed"))
    assert recorded(ops, str(failure.value))["status"] == "failed"
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(on_a_loop(lab, "cancelled"))
    assert ops.table("executed_obs_units", "list", order="newest", status="aborted")[0]["comment"] == "CancelledError"
