from typing import Literal

CopyKind = Literal["data_transfer_package", "raw_data_file", "raw_data_package"]

COPY_KIND_VALUES: set[CopyKind] = {
    "data_transfer_package",
    "raw_data_file",
    "raw_data_package",
}


def check_copy_kind(value: str) -> CopyKind:
    if value in COPY_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COPY_KIND_VALUES!r}")
