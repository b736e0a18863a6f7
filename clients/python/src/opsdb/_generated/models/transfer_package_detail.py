from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transfer_status import TransferStatus, check_transfer_status

if TYPE_CHECKING:
    from ..models.pipeline_package import PipelinePackage
    from ..models.transfer import Transfer


T = TypeVar("T", bound="TransferPackageDetail")


@_attrs_define
class TransferPackageDetail:
    """A transfer package with what is in it."""

    id: UUID
    name: str
    origin_site_id: int
    status: TransferStatus
    size_bytes: int
    created_at: datetime.datetime
    raw_packages: int
    """ How many are in it. """
    raw_data_packages: list[PipelinePackage]
    transfers: list[Transfer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        origin_site_id = self.origin_site_id

        status: str = self.status

        size_bytes = self.size_bytes

        created_at = self.created_at.isoformat()

        raw_packages = self.raw_packages

        raw_data_packages = []
        for raw_data_packages_item_data in self.raw_data_packages:
            raw_data_packages_item = raw_data_packages_item_data.to_dict()
            raw_data_packages.append(raw_data_packages_item)

        transfers = []
        for transfers_item_data in self.transfers:
            transfers_item = transfers_item_data.to_dict()
            transfers.append(transfers_item)

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
                "raw_data_packages": raw_data_packages,
                "transfers": transfers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.pipeline_package import PipelinePackage
        from ..models.transfer import Transfer

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        origin_site_id = d.pop("origin_site_id")

        status = check_transfer_status(d.pop("status"))

        size_bytes = d.pop("size_bytes")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        raw_packages = d.pop("raw_packages")

        raw_data_packages = []
        _raw_data_packages = d.pop("raw_data_packages")
        for raw_data_packages_item_data in _raw_data_packages:
            raw_data_packages_item = PipelinePackage.from_dict(raw_data_packages_item_data)

            raw_data_packages.append(raw_data_packages_item)

        transfers = []
        _transfers = d.pop("transfers")
        for transfers_item_data in _transfers:
            transfers_item = Transfer.from_dict(transfers_item_data)

            transfers.append(transfers_item)

        transfer_package_detail = cls(
            id=id,
            name=name,
            origin_site_id=origin_site_id,
            status=status,
            size_bytes=size_bytes,
            created_at=created_at,
            raw_packages=raw_packages,
            raw_data_packages=raw_data_packages,
            transfers=transfers,
        )

        transfer_package_detail.additional_properties = d
        return transfer_package_detail

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
