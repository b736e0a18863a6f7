from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ObservingProgramCreate")


@_attrs_define
class ObservingProgramCreate:
    short_name: str
    """ Without control characters, and no blank at its ends. """
    name: str
    """ Without control characters, and no blank at its ends. """
    scientific: bool
    description: str | Unset = UNSET
    active: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        short_name = self.short_name

        name = self.name

        scientific = self.scientific

        description = self.description

        active = self.active

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "short_name": short_name,
                "name": name,
                "scientific": scientific,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if active is not UNSET:
            field_dict["active"] = active

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        short_name = d.pop("short_name")

        name = d.pop("name")

        scientific = d.pop("scientific")

        description = d.pop("description", UNSET)

        active = d.pop("active", UNSET)

        observing_program_create = cls(
            short_name=short_name,
            name=name,
            scientific=scientific,
            description=description,
            active=active,
        )

        return observing_program_create
