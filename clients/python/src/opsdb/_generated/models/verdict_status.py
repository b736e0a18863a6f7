from typing import Literal

VerdictStatus = Literal["ok"]

VERDICT_STATUS_VALUES: set[VerdictStatus] = {
    "ok",
}


def check_verdict_status(value: str) -> VerdictStatus:
    if value in VERDICT_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VERDICT_STATUS_VALUES!r}")
