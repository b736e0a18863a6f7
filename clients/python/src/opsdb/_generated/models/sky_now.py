from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SkyNow")


@_attrs_define
class SkyNow:
    """Where a source stands; nothing is refracted."""

    at: datetime.datetime
    """ The beginning of the minute of the answer. """
    altitude_deg: float
    azimuth_deg: float
    up: bool
    """ Above the horizon. """
    observable: bool
    """ Within the limits of the telescope. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        altitude_deg = self.altitude_deg

        azimuth_deg = self.azimuth_deg

        up = self.up

        observable = self.observable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "altitude_deg": altitude_deg,
                "azimuth_deg": azimuth_deg,
                "up": up,
                "observable": observable,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        altitude_deg = d.pop("altitude_deg")

        azimuth_deg = d.pop("azimuth_deg")

        up = d.pop("up")

        observable = d.pop("observable")

        sky_now = cls(
            at=at,
            altitude_deg=altitude_deg,
            azimuth_deg=azimuth_deg,
            up=up,
            observable=observable,
        )

        sky_now.additional_properties = d
        return sky_now

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
