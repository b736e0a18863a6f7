from typing import Literal

VisibilityJobState = Literal["cancelled", "failed", "lost", "running", "succeeded"]

VISIBILITY_JOB_STATE_VALUES: set[VisibilityJobState] = {
    "cancelled",
    "failed",
    "lost",
    "running",
    "succeeded",
}


def check_visibility_job_state(value: str) -> VisibilityJobState:
    if value in VISIBILITY_JOB_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VISIBILITY_JOB_STATE_VALUES!r}")
