from typing import Literal

PackageState = Literal["archived", "failed", "transferring", "waiting"]

PACKAGE_STATE_VALUES: set[PackageState] = {
    "archived",
    "failed",
    "transferring",
    "waiting",
}


def check_package_state(value: str) -> PackageState:
    if value in PACKAGE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PACKAGE_STATE_VALUES!r}")
