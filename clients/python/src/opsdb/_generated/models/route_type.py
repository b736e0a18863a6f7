from typing import Literal

RouteType = Literal["custom", "direct", "relay"]

ROUTE_TYPE_VALUES: set[RouteType] = {
    "custom",
    "direct",
    "relay",
}


def check_route_type(value: str) -> RouteType:
    if value in ROUTE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROUTE_TYPE_VALUES!r}")
