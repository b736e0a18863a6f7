from typing import Literal

PreferencesCoordinates = Literal["equatorial", "galactic", "horizontal"]

PREFERENCES_COORDINATES_VALUES: set[PreferencesCoordinates] = {
    "equatorial",
    "galactic",
    "horizontal",
}


def check_preferences_coordinates(value: str) -> PreferencesCoordinates:
    if value in PREFERENCES_COORDINATES_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PREFERENCES_COORDINATES_VALUES!r}")
