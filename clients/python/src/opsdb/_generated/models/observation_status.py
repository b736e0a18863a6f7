from typing import Literal

ObservationStatus = Literal["aborted", "completed", "failed", "running"]

OBSERVATION_STATUS_VALUES: set[ObservationStatus] = {
    "aborted",
    "completed",
    "failed",
    "running",
}


def check_observation_status(value: str) -> ObservationStatus:
    if value in OBSERVATION_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBSERVATION_STATUS_VALUES!r}")
