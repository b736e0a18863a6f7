from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.copy_kind import CopyKind, check_copy_kind
from ..models.copy_status import CopyStatus, check_copy_status

T = TypeVar("T", bound="Copy")


@_attrs_define
class Copy:
    """Something that lies, or has lain, somewhere."""

    id: UUID
    kind: CopyKind
    """ What there is a copy of. """
    raw_data_file_id: None | UUID
    raw_data_package_id: None | UUID
    data_transfer_package_id: None | UUID
    location_id: int
    path: str
    """ Below the path of the location. """
    status: CopyStatus
    """ `staged` is unpacked at a processing location; `deletion_possible` is a file whose package is deleted
    already.
     """
    created_at: datetime.datetime
    verified_at: datetime.datetime | None
    """ When its checksum was compared last, and right. """
    deleted_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind: str = self.kind

        raw_data_file_id: None | str
        if isinstance(self.raw_data_file_id, UUID):
            raw_data_file_id = str(self.raw_data_file_id)
        else:
            raw_data_file_id = self.raw_data_file_id

        raw_data_package_id: None | str
        if isinstance(self.raw_data_package_id, UUID):
            raw_data_package_id = str(self.raw_data_package_id)
        else:
            raw_data_package_id = self.raw_data_package_id

        data_transfer_package_id: None | str
        if isinstance(self.data_transfer_package_id, UUID):
            data_transfer_package_id = str(self.data_transfer_package_id)
        else:
            data_transfer_package_id = self.data_transfer_package_id

        location_id = self.location_id

        path = self.path

        status: str = self.status

        created_at = self.created_at.isoformat()

        verified_at: None | str
        if isinstance(self.verified_at, datetime.datetime):
            verified_at = self.verified_at.isoformat()
        else:
            verified_at = self.verified_at

        deleted_at: None | str
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "raw_data_file_id": raw_data_file_id,
                "raw_data_package_id": raw_data_package_id,
                "data_transfer_package_id": data_transfer_package_id,
                "location_id": location_id,
                "path": path,
                "status": status,
                "created_at": created_at,
                "verified_at": verified_at,
                "deleted_at": deleted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_copy_kind(d.pop("kind"))

        def _parse_raw_data_file_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                raw_data_file_id_type_0 = UUID(data)

                return raw_data_file_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        raw_data_file_id = _parse_raw_data_file_id(d.pop("raw_data_file_id"))

        def _parse_raw_data_package_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                raw_data_package_id_type_0 = UUID(data)

                return raw_data_package_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        raw_data_package_id = _parse_raw_data_package_id(d.pop("raw_data_package_id"))

        def _parse_data_transfer_package_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                data_transfer_package_id_type_0 = UUID(data)

                return data_transfer_package_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        data_transfer_package_id = _parse_data_transfer_package_id(d.pop("data_transfer_package_id"))

        location_id = d.pop("location_id")

        path = d.pop("path")

        status = check_copy_status(d.pop("status"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_verified_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verified_at_type_0 = datetime.datetime.fromisoformat(data)

                return verified_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        verified_at = _parse_verified_at(d.pop("verified_at"))

        def _parse_deleted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at"))

        copy = cls(
            id=id,
            kind=kind,
            raw_data_file_id=raw_data_file_id,
            raw_data_package_id=raw_data_package_id,
            data_transfer_package_id=data_transfer_package_id,
            location_id=location_id,
            path=path,
            status=status,
            created_at=created_at,
            verified_at=verified_at,
            deleted_at=deleted_at,
        )

        copy.additional_properties = d
        return copy

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
