from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ConstantElevation")


@_attrs_define
class ConstantElevation:
    """A scan that stays at one elevation and lets the sky drift through."""

    elevation_deg: float
    azimuth_min_deg: float
    """ From north to east. """
    azimuth_max_deg: float

    def to_dict(self) -> dict[str, Any]:
        elevation_deg = self.elevation_deg

        azimuth_min_deg = self.azimuth_min_deg

        azimuth_max_deg = self.azimuth_max_deg

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "elevation_deg": elevation_deg,
                "azimuth_min_deg": azimuth_min_deg,
                "azimuth_max_deg": azimuth_max_deg,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        elevation_deg = d.pop("elevation_deg")

        azimuth_min_deg = d.pop("azimuth_min_deg")

        azimuth_max_deg = d.pop("azimuth_max_deg")

        constant_elevation = cls(
            elevation_deg=elevation_deg,
            azimuth_min_deg=azimuth_min_deg,
            azimuth_max_deg=azimuth_max_deg,
        )

        return constant_elevation
