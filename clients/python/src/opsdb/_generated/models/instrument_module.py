from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.instrument_module_configuration import InstrumentModuleConfiguration


T = TypeVar("T", bound="InstrumentModule")


@_attrs_define
class InstrumentModule:
    """The level at which data are produced."""

    id: int
    instrument_id: int
    name: str
    description: str
    position: None | str
    """ In the focal plane of the instrument. """
    pixels: int | None
    frequency_min_ghz: float | None
    frequency_max_ghz: float | None
    configurations: list[InstrumentModuleConfiguration]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        instrument_id = self.instrument_id

        name = self.name

        description = self.description

        position: None | str
        position = self.position

        pixels: int | None
        pixels = self.pixels

        frequency_min_ghz: float | None
        frequency_min_ghz = self.frequency_min_ghz

        frequency_max_ghz: float | None
        frequency_max_ghz = self.frequency_max_ghz

        configurations = []
        for configurations_item_data in self.configurations:
            configurations_item = configurations_item_data.to_dict()
            configurations.append(configurations_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "instrument_id": instrument_id,
                "name": name,
                "description": description,
                "position": position,
                "pixels": pixels,
                "frequency_min_ghz": frequency_min_ghz,
                "frequency_max_ghz": frequency_max_ghz,
                "configurations": configurations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.instrument_module_configuration import (
            InstrumentModuleConfiguration,
        )

        d = dict(src_dict)
        id = d.pop("id")

        instrument_id = d.pop("instrument_id")

        name = d.pop("name")

        description = d.pop("description")

        def _parse_position(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        position = _parse_position(d.pop("position"))

        def _parse_pixels(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        pixels = _parse_pixels(d.pop("pixels"))

        def _parse_frequency_min_ghz(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        frequency_min_ghz = _parse_frequency_min_ghz(d.pop("frequency_min_ghz"))

        def _parse_frequency_max_ghz(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        frequency_max_ghz = _parse_frequency_max_ghz(d.pop("frequency_max_ghz"))

        configurations = []
        _configurations = d.pop("configurations")
        for configurations_item_data in _configurations:
            configurations_item = InstrumentModuleConfiguration.from_dict(configurations_item_data)

            configurations.append(configurations_item)

        instrument_module = cls(
            id=id,
            instrument_id=instrument_id,
            name=name,
            description=description,
            position=position,
            pixels=pixels,
            frequency_min_ghz=frequency_min_ghz,
            frequency_max_ghz=frequency_max_ghz,
            configurations=configurations,
        )

        instrument_module.additional_properties = d
        return instrument_module

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
