from typing import Literal

StorageType = Literal["disk", "s3", "tape"]

STORAGE_TYPE_VALUES: set[StorageType] = {
    "disk",
    "s3",
    "tape",
}


def check_storage_type(value: str) -> StorageType:
    if value in STORAGE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STORAGE_TYPE_VALUES!r}")
