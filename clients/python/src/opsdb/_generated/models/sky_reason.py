from typing import Literal

SkyReason = Literal["above_elevation_limit", "below_elevation_limit", "moon_avoidance", "not_dark", "sun_avoidance"]

SKY_REASON_VALUES: set[SkyReason] = {
    "above_elevation_limit",
    "below_elevation_limit",
    "moon_avoidance",
    "not_dark",
    "sun_avoidance",
}


def check_sky_reason(value: str) -> SkyReason:
    if value in SKY_REASON_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SKY_REASON_VALUES!r}")
