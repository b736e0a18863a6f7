from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.package_metadata_document import PackageMetadataDocument


T = TypeVar("T", bound="PackageMetadataPut")


@_attrs_define
class PackageMetadataPut:
    document: PackageMetadataDocument
    """ Free JSON of at most 64 KiB. """

    def to_dict(self) -> dict[str, Any]:
        document = self.document.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "document": document,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.package_metadata_document import PackageMetadataDocument

        d = dict(src_dict)
        document = PackageMetadataDocument.from_dict(d.pop("document"))

        package_metadata_put = cls(
            document=document,
        )

        return package_metadata_put
