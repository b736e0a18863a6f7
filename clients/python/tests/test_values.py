import json
import math
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import astropy.units as u
import numpy as np
import pandas
import pytest
from astropy.table import Table
from astropy.time import Time

from opsdb import OpsClient, OpsError
from opsdb._values import argument, instant, new_id, plain

NOON = datetime(2026, 7, 15, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        NOON,
        NOON.astimezone(timezone(timedelta(hours=-4))),
        "2026-07-15T12:00:00.250Z",
        "2026-07-15 08:00:00.25-04:00",
        Time(NOON),
        Time("2026-07-15T12:00:00.250", scale="utc").tai,
        pandas.Timestamp(NOON),
    ],
)
def test_an_instant_is_one_however_it_is_written(value: object) -> None:
    assert instant(value) == NOON
    assert instant(value).tzinfo is UTC


def test_what_is_no_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone: write 2026-07-15T12:00:00\\+00:00 if it is UTC"):
        instant("2026-07-15T12:00:00")
    with pytest.raises(ValueError, match="has no time zone"):
        instant(datetime(2026, 7, 15))
    with pytest.raises(TypeError, match="is no time"):
        instant(1784114400)


def test_conditions_may_hold_what_astronomers_have() -> None:
    value = {
        "pwv": 0.41 * u.mm,
        "elevations": np.array([41.0, 42.5]) * u.deg,
        "count": np.int64(3),
        "at": Time(NOON),
        "id": UUID(int=1),
        "path": Path("a/b"),
        "names": ("x", None, True),
    }
    assert plain(value) == {
        "pwv": {"value": 0.41, "unit": "mm"},
        "elevations": {"value": [41.0, 42.5], "unit": "deg"},
        "count": 3,
        "at": NOON.isoformat(),
        "id": "00000000-0000-0000-0000-000000000001",
        "path": "a/b",
        "names": ["x", None, True],
    }
    with pytest.raises(TypeError, match="nothing that can be recorded"):
        plain(object())


def test_what_json_cannot_say_is_refused_before_it_is_sent(ops: OpsClient) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        ops.request("PATCH", "/obs_unit/7", {"priority": math.nan})


def test_angles_and_spans_are_asked_for_in_the_units_of_the_api() -> None:
    assert argument(0.5 * np.pi * u.rad) == pytest.approx(90)
    assert argument(2 * u.hour) == 7200
    assert argument([True, NOON]) == ["true", NOON.isoformat()]
    with pytest.raises(ValueError, match="neither an angle nor a span of time"):
        argument(1 * u.Jy)


def test_quantities_in_a_query(ops: OpsClient) -> None:
    source = ops.table("sources", "list")[0]
    start = Time("2026-11-20T00:00:00")
    night = ops.get(
        f"/visibility/{source['id']}", from_=start, to=start + 6 * u.hour, min_elevation=0.5 * u.rad, step=5 * u.min
    )
    assert night["step_s"] == 300
    assert night["limits"]["min_elevation_deg"] == pytest.approx(math.degrees(0.5))


def test_tables(ops: OpsClient) -> None:
    for number in range(3):
        with ops.observation(3, NOON + timedelta(minutes=number)) as obs:
            pass
    with ops.observation(3, NOON + timedelta(hours=1)) as running:
        frame = ops.table("executed_obs_units", obs_unit_id=3, order="oldest", limit=2)  # in pages of two
        assert isinstance(frame, pandas.DataFrame)
        assert frame["start_time"].iloc[0] == NOON
        table = ops.table("executed_obs_units", "astropy", obs_unit_id=3, order="oldest")
        assert isinstance(table, Table)
        assert len(table) == len(frame) == 4
        assert abs(table["start_time"][0] - Time(NOON)) < 1 * u.us
        assert table["end_time"].mask.tolist() == [False, False, False, True]
    rows = ops.table("executed_obs_units", "list", obs_unit_id=3, order="newest")
    assert [row["id"] for row in rows][:2] == [running.id, obs.id]
    later = ops.table("executed_obs_units", "list", obs_unit_id=3, start_from=NOON + timedelta(minutes=30))
    assert [row["id"] for row in later] == [running.id]
    assert len(ops.table("executed_obs_units/3", "list")) == 4, "a bare list, whose cursor is in a header"
    assert ops.table("executed_obs_units", obs_unit_id=2_000_000).empty
    for name, meant in (
        ("observations", "executed_obs_units"),
        ("executions", "executed_obs_units"),
        ("obs_units", "obs_unit"),
    ):
        with pytest.raises(OpsError, match=f"no table '{name}', perhaps you mean '{meant}'; there are .*sources"):
            ops.table(name)
    with pytest.raises(OpsError, match=r"no table 'weather'; there are .*executed_obs_units"):
        ops.table("weather")
    with pytest.raises(OpsError, match="is no form of a table"):
        ops.table("executed_obs_units", "csv")  # type: ignore[arg-type]


def test_ids_are_of_version_7_and_in_order() -> None:
    first = new_id()
    assert (first.version, first.variant) == (7, UUID(int=0x8 << 60).variant)
    assert abs((first.int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 60
    assert json.dumps(str(first))
