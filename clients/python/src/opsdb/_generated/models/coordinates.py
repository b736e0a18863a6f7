from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Coordinates")


@_attrs_define
class Coordinates:
    """In the ICRS. Of a body of the solar system: where it is seen from the telescope at the time of the answer."""

    ra_deg: float
    dec_deg: float
    ra_sexagesimal: str
    """ Hours, minutes, seconds. """
    dec_sexagesimal: str
    """ Degrees, minutes, seconds. """
    galactic_longitude_deg: float
    galactic_latitude_deg: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ra_deg = self.ra_deg

        dec_deg = self.dec_deg

        ra_sexagesimal = self.ra_sexagesimal

        dec_sexagesimal = self.dec_sexagesimal

        galactic_longitude_deg = self.galactic_longitude_deg

        galactic_latitude_deg = self.galactic_latitude_deg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ra_deg": ra_deg,
                "dec_deg": dec_deg,
                "ra_sexagesimal": ra_sexagesimal,
                "dec_sexagesimal": dec_sexagesimal,
                "galactic_longitude_deg": galactic_longitude_deg,
                "galactic_latitude_deg": galactic_latitude_deg,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ra_deg = d.pop("ra_deg")

        dec_deg = d.pop("dec_deg")

        ra_sexagesimal = d.pop("ra_sexagesimal")

        dec_sexagesimal = d.pop("dec_sexagesimal")

        galactic_longitude_deg = d.pop("galactic_longitude_deg")

        galactic_latitude_deg = d.pop("galactic_latitude_deg")

        coordinates = cls(
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            ra_sexagesimal=ra_sexagesimal,
            dec_sexagesimal=dec_sexagesimal,
            galactic_longitude_deg=galactic_longitude_deg,
            galactic_latitude_deg=galactic_latitude_deg,
        )

        coordinates.additional_properties = d
        return coordinates

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
