from typing import Literal

LiveClosingCode = Literal[1001, 1013, 4001, 4008]

LIVE_CLOSING_CODE_VALUES: set[LiveClosingCode] = {
    1001,
    1013,
    4001,
    4008,
}


def check_live_closing_code(value: int) -> LiveClosingCode:
    if value in LIVE_CLOSING_CODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_CLOSING_CODE_VALUES!r}")
