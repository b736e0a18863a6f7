from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SubObservingProgramCreate")


@_attrs_define
class SubObservingProgramCreate:
    short_name: str
    """ Without control characters, and no blank at its ends. """
    name: str
    """ Without control characters, and no blank at its ends. """
    description: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        short_name = self.short_name

        name = self.name

        description = self.description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "short_name": short_name,
                "name": name,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        short_name = d.pop("short_name")

        name = d.pop("name")

        description = d.pop("description", UNSET)

        sub_observing_program_create = cls(
            short_name=short_name,
            name=name,
            description=description,
        )

        return sub_observing_program_create
