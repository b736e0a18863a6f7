from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.constant_elevation import ConstantElevation
    from ..models.fixed_source import FixedSource
    from ..models.solar_system_source import SolarSystemSource


T = TypeVar("T", bound="SourceCreate")


@_attrs_define
class SourceCreate:
    name: str
    fixed: FixedSource | Unset = UNSET
    """ Outside the solar system; ICRS at the epoch J2000.0. """
    solar_system: SolarSystemSource | Unset = UNSET
    """ A body of the solar system. """
    constant_elevation: ConstantElevation | Unset = UNSET
    """ A scan that stays at one elevation and lets the sky drift through. """

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

        field_dict.update(
            {
                "name": name,
            }
        )
        if fixed is not UNSET:
            field_dict["fixed"] = fixed
        if solar_system is not UNSET:
            field_dict["solar_system"] = solar_system
        if constant_elevation is not UNSET:
            field_dict["constant_elevation"] = constant_elevation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.constant_elevation import ConstantElevation
        from ..models.fixed_source import FixedSource
        from ..models.solar_system_source import SolarSystemSource

        d = dict(src_dict)
        name = d.pop("name")

        _fixed = d.pop("fixed", UNSET)
        fixed: FixedSource | Unset
        if isinstance(_fixed, Unset):
            fixed = UNSET
        else:
            fixed = FixedSource.from_dict(_fixed)

        _solar_system = d.pop("solar_system", UNSET)
        solar_system: SolarSystemSource | Unset
        if isinstance(_solar_system, Unset):
            solar_system = UNSET
        else:
            solar_system = SolarSystemSource.from_dict(_solar_system)

        _constant_elevation = d.pop("constant_elevation", UNSET)
        constant_elevation: ConstantElevation | Unset
        if isinstance(_constant_elevation, Unset):
            constant_elevation = UNSET
        else:
            constant_elevation = ConstantElevation.from_dict(_constant_elevation)

        source_create = cls(
            name=name,
            fixed=fixed,
            solar_system=solar_system,
            constant_elevation=constant_elevation,
        )

        return source_create
