from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.instrument_module import InstrumentModule
    from ..models.telescope import Telescope


T = TypeVar("T", bound="Instrument")


@_attrs_define
class Instrument:
    id: int
    name: str
    description: str
    available: bool
    """ Installed and operational. """
    version: int
    """ It moves with each change. """
    telescope: Telescope
    modules: list[InstrumentModule]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        available = self.available

        version = self.version

        telescope = self.telescope.to_dict()

        modules = []
        for modules_item_data in self.modules:
            modules_item = modules_item_data.to_dict()
            modules.append(modules_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "available": available,
                "version": version,
                "telescope": telescope,
                "modules": modules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.instrument_module import InstrumentModule
        from ..models.telescope import Telescope

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        available = d.pop("available")

        version = d.pop("version")

        telescope = Telescope.from_dict(d.pop("telescope"))

        modules = []
        _modules = d.pop("modules")
        for modules_item_data in _modules:
            modules_item = InstrumentModule.from_dict(modules_item_data)

            modules.append(modules_item)

        instrument = cls(
            id=id,
            name=name,
            description=description,
            available=available,
            version=version,
            telescope=telescope,
            modules=modules,
        )

        instrument.additional_properties = d
        return instrument

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
