from typing import Literal

LiveEventsType = Literal["events"]

LIVE_EVENTS_TYPE_VALUES: set[LiveEventsType] = {
    "events",
}


def check_live_events_type(value: str) -> LiveEventsType:
    if value in LIVE_EVENTS_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_EVENTS_TYPE_VALUES!r}")
