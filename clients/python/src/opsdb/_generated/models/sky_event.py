from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sky_event_kind import SkyEventKind, check_sky_event_kind

T = TypeVar("T", bound="SkyEvent")


@_attrs_define
class SkyEvent:
    kind: SkyEventKind
    time: datetime.datetime
    altitude_deg: float
    azimuth_deg: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        time = self.time.isoformat()

        altitude_deg = self.altitude_deg

        azimuth_deg = self.azimuth_deg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "time": time,
                "altitude_deg": altitude_deg,
                "azimuth_deg": azimuth_deg,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = check_sky_event_kind(d.pop("kind"))

        time = datetime.datetime.fromisoformat(d.pop("time"))

        altitude_deg = d.pop("altitude_deg")

        azimuth_deg = d.pop("azimuth_deg")

        sky_event = cls(
            kind=kind,
            time=time,
            altitude_deg=altitude_deg,
            azimuth_deg=azimuth_deg,
        )

        sky_event.additional_properties = d
        return sky_event

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
