from typing import Literal

PackageStatus = Literal["building", "complete"]

PACKAGE_STATUS_VALUES: set[PackageStatus] = {
    "building",
    "complete",
}


def check_package_status(value: str) -> PackageStatus:
    if value in PACKAGE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PACKAGE_STATUS_VALUES!r}")
