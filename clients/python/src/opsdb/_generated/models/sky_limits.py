from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SkyLimits")


@_attrs_define
class SkyLimits:
    min_elevation_deg: float
    max_elevation_deg: float
    sun_avoidance_deg: float
    moon_avoidance_deg: float
    night: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        min_elevation_deg = self.min_elevation_deg

        max_elevation_deg = self.max_elevation_deg

        sun_avoidance_deg = self.sun_avoidance_deg

        moon_avoidance_deg = self.moon_avoidance_deg

        night = self.night

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "min_elevation_deg": min_elevation_deg,
                "max_elevation_deg": max_elevation_deg,
                "sun_avoidance_deg": sun_avoidance_deg,
                "moon_avoidance_deg": moon_avoidance_deg,
                "night": night,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        min_elevation_deg = d.pop("min_elevation_deg")

        max_elevation_deg = d.pop("max_elevation_deg")

        sun_avoidance_deg = d.pop("sun_avoidance_deg")

        moon_avoidance_deg = d.pop("moon_avoidance_deg")

        night = d.pop("night")

        sky_limits = cls(
            min_elevation_deg=min_elevation_deg,
            max_elevation_deg=max_elevation_deg,
            sun_avoidance_deg=sun_avoidance_deg,
            moon_avoidance_deg=moon_avoidance_deg,
            night=night,
        )

        sky_limits.additional_properties = d
        return sky_limits

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
