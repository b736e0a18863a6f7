from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ObservingProgramUpdate")


@_attrs_define
class ObservingProgramUpdate:
    short_name: str | Unset = UNSET
    """ Without control characters, and no blank at its ends. """
    name: str | Unset = UNSET
    """ Without control characters, and no blank at its ends. """
    scientific: bool | Unset = UNSET
    description: str | Unset = UNSET
    active: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        short_name = self.short_name

        name = self.name

        scientific = self.scientific

        description = self.description

        active = self.active

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if short_name is not UNSET:
            field_dict["short_name"] = short_name
        if name is not UNSET:
            field_dict["name"] = name
        if scientific is not UNSET:
            field_dict["scientific"] = scientific
        if description is not UNSET:
            field_dict["description"] = description
        if active is not UNSET:
            field_dict["active"] = active

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        short_name = d.pop("short_name", UNSET)

        name = d.pop("name", UNSET)

        scientific = d.pop("scientific", UNSET)

        description = d.pop("description", UNSET)

        active = d.pop("active", UNSET)

        observing_program_update = cls(
            short_name=short_name,
            name=name,
            scientific=scientific,
            description=description,
            active=active,
        )

        return observing_program_update
