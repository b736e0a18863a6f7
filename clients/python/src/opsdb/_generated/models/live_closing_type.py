from typing import Literal

LiveClosingType = Literal["closing"]

LIVE_CLOSING_TYPE_VALUES: set[LiveClosingType] = {
    "closing",
}


def check_live_closing_type(value: str) -> LiveClosingType:
    if value in LIVE_CLOSING_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_CLOSING_TYPE_VALUES!r}")
