from typing import Literal

Sideband = Literal["both", "lower", "upper"]

SIDEBAND_VALUES: set[Sideband] = {
    "both",
    "lower",
    "upper",
}


def check_sideband(value: str) -> Sideband:
    if value in SIDEBAND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SIDEBAND_VALUES!r}")
