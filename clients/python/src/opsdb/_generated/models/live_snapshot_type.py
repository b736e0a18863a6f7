from typing import Literal

LiveSnapshotType = Literal["snapshot"]

LIVE_SNAPSHOT_TYPE_VALUES: set[LiveSnapshotType] = {
    "snapshot",
}


def check_live_snapshot_type(value: str) -> LiveSnapshotType:
    if value in LIVE_SNAPSHOT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVE_SNAPSHOT_TYPE_VALUES!r}")
