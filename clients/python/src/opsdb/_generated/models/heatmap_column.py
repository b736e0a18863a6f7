from typing import Literal

HeatmapColumn = Literal["day", "hour"]

HEATMAP_COLUMN_VALUES: set[HeatmapColumn] = {
    "day",
    "hour",
}


def check_heatmap_column(value: str) -> HeatmapColumn:
    if value in HEATMAP_COLUMN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HEATMAP_COLUMN_VALUES!r}")
