from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.resolved_source_resolver import (
    ResolvedSourceResolver,
    check_resolved_source_resolver,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.constant_elevation import ConstantElevation
    from ..models.fixed_source import FixedSource
    from ..models.solar_system_source import SolarSystemSource


T = TypeVar("T", bound="ResolvedSource")


@_attrs_define
class ResolvedSource:
    name: str
    """ As the resolver calls it. """
    resolver: ResolvedSourceResolver
    """ Who knew it; known is a source of this observatory. """
    stale: bool
    """ True for an old answer that is used because nobody can be asked. """
    resolved_at: datetime.datetime
    """ When the resolver was asked. """
    source_id: int | None
    """ The source of this observatory that it is; null when it is none yet. """
    object_type: str | Unset = UNSET
    """ In the words of the resolver. """
    fixed: FixedSource | Unset = UNSET
    """ Outside the solar system; ICRS at the epoch J2000.0. """
    solar_system: SolarSystemSource | Unset = UNSET
    """ A body of the solar system. """
    constant_elevation: ConstantElevation | Unset = UNSET
    """ A scan that stays at one elevation and lets the sky drift through. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        resolver: str = self.resolver

        stale = self.stale

        resolved_at = self.resolved_at.isoformat()

        source_id: int | None
        source_id = self.source_id

        object_type = self.object_type

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
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "resolver": resolver,
                "stale": stale,
                "resolved_at": resolved_at,
                "source_id": source_id,
            }
        )
        if object_type is not UNSET:
            field_dict["object_type"] = object_type
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

        resolver = check_resolved_source_resolver(d.pop("resolver"))

        stale = d.pop("stale")

        resolved_at = datetime.datetime.fromisoformat(d.pop("resolved_at"))

        def _parse_source_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        source_id = _parse_source_id(d.pop("source_id"))

        object_type = d.pop("object_type", UNSET)

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

        resolved_source = cls(
            name=name,
            resolver=resolver,
            stale=stale,
            resolved_at=resolved_at,
            source_id=source_id,
            object_type=object_type,
            fixed=fixed,
            solar_system=solar_system,
            constant_elevation=constant_elevation,
        )

        resolved_source.additional_properties = d
        return resolved_source

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
