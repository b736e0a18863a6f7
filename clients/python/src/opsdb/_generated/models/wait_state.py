from typing import Literal

WaitState = Literal["committed", "replicated"]

WAIT_STATE_VALUES: set[WaitState] = {
    "committed",
    "replicated",
}


def check_wait_state(value: str) -> WaitState:
    if value in WAIT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WAIT_STATE_VALUES!r}")
