from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_kind import SourceKind, check_source_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.constant_elevation import ConstantElevation
    from ..models.fixed_source import FixedSource
    from ..models.solar_system_source import SolarSystemSource


T = TypeVar("T", bound="Source")


@_attrs_define
class Source:
    """Where the telescope points. It has the part of its kind, and no other."""

    id: int
    kind: SourceKind
    name: str
    fixed: FixedSource | Unset = UNSET
    """ Outside the solar system; ICRS at the epoch J2000.0. """
    solar_system: SolarSystemSource | Unset = UNSET
    """ A body of the solar system. """
    constant_elevation: ConstantElevation | Unset = UNSET
    """ A scan that stays at one elevation and lets the sky drift through. """
    distance_deg: float | Unset = UNSET
    """ From the middle of the cone; only in a list of one. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind: str = self.kind

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

        distance_deg = self.distance_deg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
            }
        )
        if fixed is not UNSET:
            field_dict["fixed"] = fixed
        if solar_system is not UNSET:
            field_dict["solar_system"] = solar_system
        if constant_elevation is not UNSET:
            field_dict["constant_elevation"] = constant_elevation
        if distance_deg is not UNSET:
            field_dict["distance_deg"] = distance_deg

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.constant_elevation import ConstantElevation
        from ..models.fixed_source import FixedSource
        from ..models.solar_system_source import SolarSystemSource

        d = dict(src_dict)
        id = d.pop("id")

        kind = check_source_kind(d.pop("kind"))

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

        distance_deg = d.pop("distance_deg", UNSET)

        source = cls(
            id=id,
            kind=kind,
            name=name,
            fixed=fixed,
            solar_system=solar_system,
            constant_elevation=constant_elevation,
            distance_deg=distance_deg,
        )

        source.additional_properties = d
        return source

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
