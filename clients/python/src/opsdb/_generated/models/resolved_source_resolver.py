from typing import Literal

ResolvedSourceResolver = Literal["known", "ned", "sesame", "solar_system"]

RESOLVED_SOURCE_RESOLVER_VALUES: set[ResolvedSourceResolver] = {
    "known",
    "ned",
    "sesame",
    "solar_system",
}


def check_resolved_source_resolver(value: str) -> ResolvedSourceResolver:
    if value in RESOLVED_SOURCE_RESOLVER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOLVED_SOURCE_RESOLVER_VALUES!r}")
