from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ChaiTile")


@_attrs_define
class ChaiTile:
    offset_lon_arcsec: float
    offset_lat_arcsec: float
    width_arcsec: float
    height_arcsec: float
    angle_deg: float | Unset = 0.0

    def to_dict(self) -> dict[str, Any]:
        offset_lon_arcsec = self.offset_lon_arcsec

        offset_lat_arcsec = self.offset_lat_arcsec

        width_arcsec = self.width_arcsec

        height_arcsec = self.height_arcsec

        angle_deg = self.angle_deg

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "offset_lon_arcsec": offset_lon_arcsec,
                "offset_lat_arcsec": offset_lat_arcsec,
                "width_arcsec": width_arcsec,
                "height_arcsec": height_arcsec,
            }
        )
        if angle_deg is not UNSET:
            field_dict["angle_deg"] = angle_deg

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        offset_lon_arcsec = d.pop("offset_lon_arcsec")

        offset_lat_arcsec = d.pop("offset_lat_arcsec")

        width_arcsec = d.pop("width_arcsec")

        height_arcsec = d.pop("height_arcsec")

        angle_deg = d.pop("angle_deg", UNSET)

        chai_tile = cls(
            offset_lon_arcsec=offset_lon_arcsec,
            offset_lat_arcsec=offset_lat_arcsec,
            width_arcsec=width_arcsec,
            height_arcsec=height_arcsec,
            angle_deg=angle_deg,
        )

        return chai_tile
