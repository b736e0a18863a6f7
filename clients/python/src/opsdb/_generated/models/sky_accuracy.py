from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SkyAccuracy")


@_attrs_define
class SkyAccuracy:
    arcsec: float
    """ The largest error of a position up to the end of the table. """
    earth_orientation_until: datetime.datetime
    """ The end of the table of the Earth's orientation; behind it its last values go on. """
    statement: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        arcsec = self.arcsec

        earth_orientation_until = self.earth_orientation_until.isoformat()

        statement = self.statement

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "arcsec": arcsec,
                "earth_orientation_until": earth_orientation_until,
                "statement": statement,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        arcsec = d.pop("arcsec")

        earth_orientation_until = datetime.datetime.fromisoformat(d.pop("earth_orientation_until"))

        statement = d.pop("statement")

        sky_accuracy = cls(
            arcsec=arcsec,
            earth_orientation_until=earth_orientation_until,
            statement=statement,
        )

        sky_accuracy.additional_properties = d
        return sky_accuracy

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
