from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="VisibilityPlan")


@_attrs_define
class VisibilityPlan:
    from_: datetime.date
    """ The date on which an observing day begins. """
    to: datetime.date
    """ The date on which an observing day begins. """
    min_elevation_deg: float | Unset = 20.0
    max_elevation_deg: float | Unset = 90.0
    sun_avoidance_deg: float | Unset = 45.0
    moon_avoidance_deg: float | Unset = 0.0
    night: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        min_elevation_deg = self.min_elevation_deg

        max_elevation_deg = self.max_elevation_deg

        sun_avoidance_deg = self.sun_avoidance_deg

        moon_avoidance_deg = self.moon_avoidance_deg

        night = self.night

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "from": from_,
                "to": to,
            }
        )
        if min_elevation_deg is not UNSET:
            field_dict["min_elevation_deg"] = min_elevation_deg
        if max_elevation_deg is not UNSET:
            field_dict["max_elevation_deg"] = max_elevation_deg
        if sun_avoidance_deg is not UNSET:
            field_dict["sun_avoidance_deg"] = sun_avoidance_deg
        if moon_avoidance_deg is not UNSET:
            field_dict["moon_avoidance_deg"] = moon_avoidance_deg
        if night is not UNSET:
            field_dict["night"] = night

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        from_ = datetime.date.fromisoformat(d.pop("from"))

        to = datetime.date.fromisoformat(d.pop("to"))

        min_elevation_deg = d.pop("min_elevation_deg", UNSET)

        max_elevation_deg = d.pop("max_elevation_deg", UNSET)

        sun_avoidance_deg = d.pop("sun_avoidance_deg", UNSET)

        moon_avoidance_deg = d.pop("moon_avoidance_deg", UNSET)

        night = d.pop("night", UNSET)

        visibility_plan = cls(
            from_=from_,
            to=to,
            min_elevation_deg=min_elevation_deg,
            max_elevation_deg=max_elevation_deg,
            sun_avoidance_deg=sun_avoidance_deg,
            moon_avoidance_deg=moon_avoidance_deg,
            night=night,
        )

        return visibility_plan
