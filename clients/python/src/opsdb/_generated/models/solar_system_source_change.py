from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.solar_system_class import SolarSystemClass, check_solar_system_class
from ..types import UNSET, Unset

T = TypeVar("T", bound="SolarSystemSourceChange")


@_attrs_define
class SolarSystemSourceChange:
    class_: SolarSystemClass | Unset = UNSET
    naif_id: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        class_: str | Unset = UNSET
        if not isinstance(self.class_, Unset):
            class_ = self.class_

        naif_id = self.naif_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if class_ is not UNSET:
            field_dict["class"] = class_
        if naif_id is not UNSET:
            field_dict["naif_id"] = naif_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _class_ = d.pop("class", UNSET)
        class_: SolarSystemClass | Unset
        if isinstance(_class_, Unset):
            class_ = UNSET
        else:
            class_ = check_solar_system_class(_class_)

        naif_id = d.pop("naif_id", UNSET)

        solar_system_source_change = cls(
            class_=class_,
            naif_id=naif_id,
        )

        return solar_system_source_change
