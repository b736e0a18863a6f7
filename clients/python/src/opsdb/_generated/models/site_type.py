from typing import Literal

SiteType = Literal["main", "secondary"]

SITE_TYPE_VALUES: set[SiteType] = {
    "main",
    "secondary",
}


def check_site_type(value: str) -> SiteType:
    if value in SITE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SITE_TYPE_VALUES!r}")
