from typing import Literal

SyncState = Literal["blocked", "buffered", "committed", "executing", "parked", "replicated"]

SYNC_STATE_VALUES: set[SyncState] = {
    "blocked",
    "buffered",
    "committed",
    "executing",
    "parked",
    "replicated",
}


def check_sync_state(value: str) -> SyncState:
    if value in SYNC_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SYNC_STATE_VALUES!r}")
