from typing import Literal

HealthBackgroundProcessor = Literal["running", "stopped", "waiting"]

HEALTH_BACKGROUND_PROCESSOR_VALUES: set[HealthBackgroundProcessor] = {
    "running",
    "stopped",
    "waiting",
}


def check_health_background_processor(value: str) -> HealthBackgroundProcessor:
    if value in HEALTH_BACKGROUND_PROCESSOR_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HEALTH_BACKGROUND_PROCESSOR_VALUES!r}")
