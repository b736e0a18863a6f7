from typing import Literal

Component = Literal["connected", "disconnected"]

COMPONENT_VALUES: set[Component] = {
    "connected",
    "disconnected",
}


def check_component(value: str) -> Component:
    if value in COMPONENT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COMPONENT_VALUES!r}")
