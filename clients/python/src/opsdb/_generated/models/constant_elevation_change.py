from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ConstantElevationChange")


@_attrs_define
class ConstantElevationChange:
    elevation_deg: float | Unset = UNSET
    azimuth_min_deg: float | Unset = UNSET
    azimuth_max_deg: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        elevation_deg = self.elevation_deg

        azimuth_min_deg = self.azimuth_min_deg

        azimuth_max_deg = self.azimuth_max_deg

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if elevation_deg is not UNSET:
            field_dict["elevation_deg"] = elevation_deg
        if azimuth_min_deg is not UNSET:
            field_dict["azimuth_min_deg"] = azimuth_min_deg
        if azimuth_max_deg is not UNSET:
            field_dict["azimuth_max_deg"] = azimuth_max_deg

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        elevation_deg = d.pop("elevation_deg", UNSET)

        azimuth_min_deg = d.pop("azimuth_min_deg", UNSET)

        azimuth_max_deg = d.pop("azimuth_max_deg", UNSET)

        constant_elevation_change = cls(
            elevation_deg=elevation_deg,
            azimuth_min_deg=azimuth_min_deg,
            azimuth_max_deg=azimuth_max_deg,
        )

        return constant_elevation_change
