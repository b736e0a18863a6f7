from typing import Literal

References = Literal["unverified", "verified"]

REFERENCES_VALUES: set[References] = {
    "unverified",
    "verified",
}


def check_references(value: str) -> References:
    if value in REFERENCES_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REFERENCES_VALUES!r}")
