from typing import Literal

ObsUnitSort = Literal["name", "priority"]

OBS_UNIT_SORT_VALUES: set[ObsUnitSort] = {
    "name",
    "priority",
}


def check_obs_unit_sort(value: str) -> ObsUnitSort:
    if value in OBS_UNIT_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBS_UNIT_SORT_VALUES!r}")
