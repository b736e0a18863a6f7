from typing import Literal

SolarSystemClass = Literal["asteroid", "comet", "moon", "planet", "star"]

SOLAR_SYSTEM_CLASS_VALUES: set[SolarSystemClass] = {
    "asteroid",
    "comet",
    "moon",
    "planet",
    "star",
}


def check_solar_system_class(value: str) -> SolarSystemClass:
    if value in SOLAR_SYSTEM_CLASS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SOLAR_SYSTEM_CLASS_VALUES!r}")
