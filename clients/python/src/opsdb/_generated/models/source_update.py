from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.constant_elevation_change import ConstantElevationChange
    from ..models.fixed_source_change import FixedSourceChange
    from ..models.solar_system_source_change import SolarSystemSourceChange


T = TypeVar("T", bound="SourceUpdate")


@_attrs_define
class SourceUpdate:
    name: str | Unset = UNSET
    fixed: FixedSourceChange | Unset = UNSET
    solar_system: SolarSystemSourceChange | Unset = UNSET
    constant_elevation: ConstantElevationChange | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        fixed: dict[str, Any] | Unset = UNSET
        if not isinstance(self.fixed, Unset):
            fixed = self.fixed.to_dict()

        solar_system: dict[str, Any] | Unset = UNSET
        if not isinstance(self.solar_system, Unset):
            solar_system = self.solar_system.to_dict()

        constant_elevation: dict[str, Any] | Unset = UNSET
        if not isinstance(self.constant_elevation, Unset):
            constant_elevation = self.constant_elevation.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if fixed is not UNSET:
            field_dict["fixed"] = fixed
        if solar_system is not UNSET:
            field_dict["solar_system"] = solar_system
        if constant_elevation is not UNSET:
            field_dict["constant_elevation"] = constant_elevation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.constant_elevation_change import ConstantElevationChange
        from ..models.fixed_source_change import FixedSourceChange
        from ..models.solar_system_source_change import SolarSystemSourceChange

        d = dict(src_dict)
        name = d.pop("name", UNSET)

        _fixed = d.pop("fixed", UNSET)
        fixed: FixedSourceChange | Unset
        if isinstance(_fixed, Unset):
            fixed = UNSET
        else:
            fixed = FixedSourceChange.from_dict(_fixed)

        _solar_system = d.pop("solar_system", UNSET)
        solar_system: SolarSystemSourceChange | Unset
        if isinstance(_solar_system, Unset):
            solar_system = UNSET
        else:
            solar_system = SolarSystemSourceChange.from_dict(_solar_system)

        _constant_elevation = d.pop("constant_elevation", UNSET)
        constant_elevation: ConstantElevationChange | Unset
        if isinstance(_constant_elevation, Unset):
            constant_elevation = UNSET
        else:
            constant_elevation = ConstantElevationChange.from_dict(_constant_elevation)

        source_update = cls(
            name=name,
            fixed=fixed,
            solar_system=solar_system,
            constant_elevation=constant_elevation,
        )

        return source_update
