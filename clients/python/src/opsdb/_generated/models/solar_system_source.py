from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.solar_system_class import SolarSystemClass, check_solar_system_class

T = TypeVar("T", bound="SolarSystemSource")


@_attrs_define
class SolarSystemSource:
    """A body of the solar system."""

    class_: SolarSystemClass
    naif_id: int
    """ Its number in the ephemerides of NASA JPL. """

    def to_dict(self) -> dict[str, Any]:
        class_: str = self.class_

        naif_id = self.naif_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "class": class_,
                "naif_id": naif_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        class_ = check_solar_system_class(d.pop("class"))

        naif_id = d.pop("naif_id")

        solar_system_source = cls(
            class_=class_,
            naif_id=naif_id,
        )

        return solar_system_source
