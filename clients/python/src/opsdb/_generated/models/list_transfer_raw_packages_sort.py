from typing import Literal

ListTransferRawPackagesSort = Literal["-created_at", "created_at"]

LIST_TRANSFER_RAW_PACKAGES_SORT_VALUES: set[ListTransferRawPackagesSort] = {
    "-created_at",
    "created_at",
}


def check_list_transfer_raw_packages_sort(value: str) -> ListTransferRawPackagesSort:
    if value in LIST_TRANSFER_RAW_PACKAGES_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TRANSFER_RAW_PACKAGES_SORT_VALUES!r}")
