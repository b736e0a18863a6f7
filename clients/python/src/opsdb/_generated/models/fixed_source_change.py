from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="FixedSourceChange")


@_attrs_define
class FixedSourceChange:
    ra_deg: float | Unset = UNSET
    dec_deg: float | Unset = UNSET
    extent_ra_deg: float | Unset = UNSET
    extent_dec_deg: float | Unset = UNSET
    proper_motion_ra_mas_yr: float | Unset = UNSET
    proper_motion_dec_mas_yr: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ra_deg = self.ra_deg

        dec_deg = self.dec_deg

        extent_ra_deg = self.extent_ra_deg

        extent_dec_deg = self.extent_dec_deg

        proper_motion_ra_mas_yr = self.proper_motion_ra_mas_yr

        proper_motion_dec_mas_yr = self.proper_motion_dec_mas_yr

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if ra_deg is not UNSET:
            field_dict["ra_deg"] = ra_deg
        if dec_deg is not UNSET:
            field_dict["dec_deg"] = dec_deg
        if extent_ra_deg is not UNSET:
            field_dict["extent_ra_deg"] = extent_ra_deg
        if extent_dec_deg is not UNSET:
            field_dict["extent_dec_deg"] = extent_dec_deg
        if proper_motion_ra_mas_yr is not UNSET:
            field_dict["proper_motion_ra_mas_yr"] = proper_motion_ra_mas_yr
        if proper_motion_dec_mas_yr is not UNSET:
            field_dict["proper_motion_dec_mas_yr"] = proper_motion_dec_mas_yr

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ra_deg = d.pop("ra_deg", UNSET)

        dec_deg = d.pop("dec_deg", UNSET)

        extent_ra_deg = d.pop("extent_ra_deg", UNSET)

        extent_dec_deg = d.pop("extent_dec_deg", UNSET)

        proper_motion_ra_mas_yr = d.pop("proper_motion_ra_mas_yr", UNSET)

        proper_motion_dec_mas_yr = d.pop("proper_motion_dec_mas_yr", UNSET)

        fixed_source_change = cls(
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            extent_ra_deg=extent_ra_deg,
            extent_dec_deg=extent_dec_deg,
            proper_motion_ra_mas_yr=proper_motion_ra_mas_yr,
            proper_motion_dec_mas_yr=proper_motion_dec_mas_yr,
        )

        return fixed_source_change
