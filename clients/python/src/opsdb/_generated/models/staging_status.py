from typing import Literal

StagingStatus = Literal["cancelled", "completed", "failed", "in_progress", "pending", "scheduled"]

STAGING_STATUS_VALUES: set[StagingStatus] = {
    "cancelled",
    "completed",
    "failed",
    "in_progress",
    "pending",
    "scheduled",
}


def check_staging_status(value: str) -> StagingStatus:
    if value in STAGING_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAGING_STATUS_VALUES!r}")
