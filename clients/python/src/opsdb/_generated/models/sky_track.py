from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SkyTrack")


@_attrs_define
class SkyTrack:
    """Columns of one length. Angles are in degrees."""

    time: list[datetime.datetime]
    azimuth_deg: list[float]
    """ From north to east. """
    altitude_deg: list[float]
    airmass: list[float | None]
    """ The secant of the zenith distance; null below the horizon. """
    parallactic_angle_deg: list[float]
    sun_separation_deg: list[float]
    moon_separation_deg: list[float]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        time = []
        for time_item_data in self.time:
            time_item = time_item_data.isoformat()
            time.append(time_item)

        azimuth_deg = self.azimuth_deg

        altitude_deg = self.altitude_deg

        airmass = []
        for airmass_item_data in self.airmass:
            airmass_item: float | None
            airmass_item = airmass_item_data
            airmass.append(airmass_item)

        parallactic_angle_deg = self.parallactic_angle_deg

        sun_separation_deg = self.sun_separation_deg

        moon_separation_deg = self.moon_separation_deg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "time": time,
                "azimuth_deg": azimuth_deg,
                "altitude_deg": altitude_deg,
                "airmass": airmass,
                "parallactic_angle_deg": parallactic_angle_deg,
                "sun_separation_deg": sun_separation_deg,
                "moon_separation_deg": moon_separation_deg,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        time = []
        _time = d.pop("time")
        for time_item_data in _time:
            time_item = datetime.datetime.fromisoformat(time_item_data)

            time.append(time_item)

        azimuth_deg = cast(list[float], d.pop("azimuth_deg"))

        altitude_deg = cast(list[float], d.pop("altitude_deg"))

        airmass = []
        _airmass = d.pop("airmass")
        for airmass_item_data in _airmass:

            def _parse_airmass_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            airmass_item = _parse_airmass_item(airmass_item_data)

            airmass.append(airmass_item)

        parallactic_angle_deg = cast(list[float], d.pop("parallactic_angle_deg"))

        sun_separation_deg = cast(list[float], d.pop("sun_separation_deg"))

        moon_separation_deg = cast(list[float], d.pop("moon_separation_deg"))

        sky_track = cls(
            time=time,
            azimuth_deg=azimuth_deg,
            altitude_deg=altitude_deg,
            airmass=airmass,
            parallactic_angle_deg=parallactic_angle_deg,
            sun_separation_deg=sun_separation_deg,
            moon_separation_deg=moon_separation_deg,
        )

        sky_track.additional_properties = d
        return sky_track

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
