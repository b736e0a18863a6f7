from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StagedPackage")


@_attrs_define
class StagedPackage:
    raw_data_package_id: UUID
    name: str
    size_bytes: int | None
    staged_at: datetime.datetime | None
    """ Null until it is there. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        raw_data_package_id = str(self.raw_data_package_id)

        name = self.name

        size_bytes: int | None
        size_bytes = self.size_bytes

        staged_at: None | str
        if isinstance(self.staged_at, datetime.datetime):
            staged_at = self.staged_at.isoformat()
        else:
            staged_at = self.staged_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "raw_data_package_id": raw_data_package_id,
                "name": name,
                "size_bytes": size_bytes,
                "staged_at": staged_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        raw_data_package_id = UUID(d.pop("raw_data_package_id"))

        name = d.pop("name")

        def _parse_size_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        size_bytes = _parse_size_bytes(d.pop("size_bytes"))

        def _parse_staged_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                staged_at_type_0 = datetime.datetime.fromisoformat(data)

                return staged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        staged_at = _parse_staged_at(d.pop("staged_at"))

        staged_package = cls(
            raw_data_package_id=raw_data_package_id,
            name=name,
            size_bytes=size_bytes,
            staged_at=staged_at,
        )

        staged_package.additional_properties = d
        return staged_package

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
