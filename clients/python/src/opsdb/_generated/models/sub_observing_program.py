from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SubObservingProgram")


@_attrs_define
class SubObservingProgram:
    id: int
    observing_program_id: int
    short_name: str
    name: str
    description: str
    version: int
    """ It moves with each change. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        observing_program_id = self.observing_program_id

        short_name = self.short_name

        name = self.name

        description = self.description

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "observing_program_id": observing_program_id,
                "short_name": short_name,
                "name": name,
                "description": description,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        observing_program_id = d.pop("observing_program_id")

        short_name = d.pop("short_name")

        name = d.pop("name")

        description = d.pop("description")

        version = d.pop("version")

        sub_observing_program = cls(
            id=id,
            observing_program_id=observing_program_id,
            short_name=short_name,
            name=name,
            description=description,
            version=version,
        )

        sub_observing_program.additional_properties = d
        return sub_observing_program

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
