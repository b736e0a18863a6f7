from typing import Literal

Order = Literal["newest", "oldest"]

ORDER_VALUES: set[Order] = {
    "newest",
    "oldest",
}


def check_order(value: str) -> Order:
    if value in ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDER_VALUES!r}")
