from typing import Literal

FinalStatus = Literal["aborted", "completed", "failed"]

FINAL_STATUS_VALUES: set[FinalStatus] = {
    "aborted",
    "completed",
    "failed",
}


def check_final_status(value: str) -> FinalStatus:
    if value in FINAL_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINAL_STATUS_VALUES!r}")
