from typing import Literal

InitialStatus = Literal["running"]

INITIAL_STATUS_VALUES: set[InitialStatus] = {
    "running",
}


def check_initial_status(value: str) -> InitialStatus:
    if value in INITIAL_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {INITIAL_STATUS_VALUES!r}")
