from typing import Literal

ListSourcesSort = Literal["distance", "name"]

LIST_SOURCES_SORT_VALUES: set[ListSourcesSort] = {
    "distance",
    "name",
}


def check_list_sources_sort(value: str) -> ListSourcesSort:
    if value in LIST_SOURCES_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_SOURCES_SORT_VALUES!r}")
