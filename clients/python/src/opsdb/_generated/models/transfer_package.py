from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transfer_status import TransferStatus, check_transfer_status

T = TypeVar("T", bound="TransferPackage")


@_attrs_define
class TransferPackage:
    """Raw data packages that travel together."""

    id: UUID
    name: str
    origin_site_id: int
    status: TransferStatus
    size_bytes: int
    created_at: datetime.datetime
    raw_packages: int
    """ How many are in it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        origin_site_id = self.origin_site_id

        status: str = self.status

        size_bytes = self.size_bytes

        created_at = self.created_at.isoformat()

        raw_packages = self.raw_packages

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "origin_site_id": origin_site_id,
                "status": status,
                "size_bytes": size_bytes,
                "created_at": created_at,
                "raw_packages": raw_packages,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        origin_site_id = d.pop("origin_site_id")

        status = check_transfer_status(d.pop("status"))

        size_bytes = d.pop("size_bytes")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        raw_packages = d.pop("raw_packages")

        transfer_package = cls(
            id=id,
            name=name,
            origin_site_id=origin_site_id,
            status=status,
            size_bytes=size_bytes,
            created_at=created_at,
            raw_packages=raw_packages,
        )

        transfer_package.additional_properties = d
        return transfer_package

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
