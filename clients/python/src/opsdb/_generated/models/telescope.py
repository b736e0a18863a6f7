from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.observatory import Observatory


T = TypeVar("T", bound="Telescope")


@_attrs_define
class Telescope:
    id: int
    name: str
    short_name: str
    latitude_deg: float
    longitude_deg: float
    """ East is positive. """
    altitude_m: float
    aperture_m: float
    observatory: Observatory
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        short_name = self.short_name

        latitude_deg = self.latitude_deg

        longitude_deg = self.longitude_deg

        altitude_m = self.altitude_m

        aperture_m = self.aperture_m

        observatory = self.observatory.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "short_name": short_name,
                "latitude_deg": latitude_deg,
                "longitude_deg": longitude_deg,
                "altitude_m": altitude_m,
                "aperture_m": aperture_m,
                "observatory": observatory,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.observatory import Observatory

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        short_name = d.pop("short_name")

        latitude_deg = d.pop("latitude_deg")

        longitude_deg = d.pop("longitude_deg")

        altitude_m = d.pop("altitude_m")

        aperture_m = d.pop("aperture_m")

        observatory = Observatory.from_dict(d.pop("observatory"))

        telescope = cls(
            id=id,
            name=name,
            short_name=short_name,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_m=altitude_m,
            aperture_m=aperture_m,
            observatory=observatory,
        )

        telescope.additional_properties = d
        return telescope

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
