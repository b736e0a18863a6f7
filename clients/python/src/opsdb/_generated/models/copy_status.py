from typing import Literal

CopyStatus = Literal[
    "deleted", "deletion_failed", "deletion_in_progress", "deletion_possible", "deletion_scheduled", "present", "staged"
]

COPY_STATUS_VALUES: set[CopyStatus] = {
    "deleted",
    "deletion_failed",
    "deletion_in_progress",
    "deletion_possible",
    "deletion_scheduled",
    "present",
    "staged",
}


def check_copy_status(value: str) -> CopyStatus:
    if value in COPY_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COPY_STATUS_VALUES!r}")
