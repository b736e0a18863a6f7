from typing import Literal

LiveHeartbeatType = Literal["heartbeat"]

LIVE_HEARTBEAT_TYPE_VALUES: set[LiveHeartbeatType] = {
    "heartbeat",
}


def check_live_heartbeat_type(value: str) -> LiveHeartbeatType:
    if value in LIVE_HEARTBEAT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_HEARTBEAT_TYPE_VALUES!r}")
