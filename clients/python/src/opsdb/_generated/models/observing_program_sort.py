from typing import Literal

ObservingProgramSort = Literal["name", "short_name"]

OBSERVING_PROGRAM_SORT_VALUES: set[ObservingProgramSort] = {
    "name",
    "short_name",
}


def check_observing_program_sort(value: str) -> ObservingProgramSort:
    if value in OBSERVING_PROGRAM_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBSERVING_PROGRAM_SORT_VALUES!r}")
