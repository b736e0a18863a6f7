from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ObservingProgram")


@_attrs_define
class ObservingProgram:
    id: int
    short_name: str
    """ The name that people use. """
    name: str
    scientific: bool
    """ False for a technical program such as calibration. """
    description: str
    active: bool
    """ Whether more is planned and observed for it. """
    version: int
    """ It moves with each change. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        short_name = self.short_name

        name = self.name

        scientific = self.scientific

        description = self.description

        active = self.active

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "short_name": short_name,
                "name": name,
                "scientific": scientific,
                "description": description,
                "active": active,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        short_name = d.pop("short_name")

        name = d.pop("name")

        scientific = d.pop("scientific")

        description = d.pop("description")

        active = d.pop("active")

        version = d.pop("version")

        observing_program = cls(
            id=id,
            short_name=short_name,
            name=name,
            scientific=scientific,
            description=description,
            active=active,
            version=version,
        )

        observing_program.additional_properties = d
        return observing_program

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
