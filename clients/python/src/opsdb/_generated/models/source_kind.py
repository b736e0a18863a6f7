from typing import Literal

SourceKind = Literal["constant_elevation", "fixed", "solar_system_object"]

SOURCE_KIND_VALUES: set[SourceKind] = {
    "constant_elevation",
    "fixed",
    "solar_system_object",
}


def check_source_kind(value: str) -> SourceKind:
    if value in SOURCE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SOURCE_KIND_VALUES!r}")
