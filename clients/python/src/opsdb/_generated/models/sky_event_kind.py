from typing import Literal

SkyEventKind = Literal["rise", "set", "transit"]

SKY_EVENT_KIND_VALUES: set[SkyEventKind] = {
    "rise",
    "set",
    "transit",
}


def check_sky_event_kind(value: str) -> SkyEventKind:
    if value in SKY_EVENT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SKY_EVENT_KIND_VALUES!r}")
