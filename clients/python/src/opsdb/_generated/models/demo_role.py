from typing import Literal

DemoRole = Literal["observer", "service", "viewer"]

DEMO_ROLE_VALUES: set[DemoRole] = {
    "observer",
    "service",
    "viewer",
}


def check_demo_role(value: str) -> DemoRole:
    if value in DEMO_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DEMO_ROLE_VALUES!r}")
