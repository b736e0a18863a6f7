from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.package_metadata_document import PackageMetadataDocument


T = TypeVar("T", bound="PackageMetadata")


@_attrs_define
class PackageMetadata:
    raw_data_package_id: UUID
    document: PackageMetadataDocument
    """ Free JSON of at most 64 KiB. """
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        raw_data_package_id = str(self.raw_data_package_id)

        document = self.document.to_dict()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "raw_data_package_id": raw_data_package_id,
                "document": document,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.package_metadata_document import PackageMetadataDocument

        d = dict(src_dict)
        raw_data_package_id = UUID(d.pop("raw_data_package_id"))

        document = PackageMetadataDocument.from_dict(d.pop("document"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        package_metadata = cls(
            raw_data_package_id=raw_data_package_id,
            document=document,
            updated_at=updated_at,
        )

        package_metadata.additional_properties = d
        return package_metadata

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
