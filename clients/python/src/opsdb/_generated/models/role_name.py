from typing import Literal

RoleName = Literal["admin", "observer", "service", "viewer"]

ROLE_NAME_VALUES: set[RoleName] = {
    "admin",
    "observer",
    "service",
    "viewer",
}


def check_role_name(value: str) -> RoleName:
    if value in ROLE_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROLE_NAME_VALUES!r}")
