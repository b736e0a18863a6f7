from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="StagingJobCreate")


@_attrs_define
class StagingJobCreate:
    raw_data_package_ids: list[UUID]
    destination_location_id: int
    id: UUID | Unset = UNSET
    reason: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        raw_data_package_ids = []
        for raw_data_package_ids_item_data in self.raw_data_package_ids:
            raw_data_package_ids_item = str(raw_data_package_ids_item_data)
            raw_data_package_ids.append(raw_data_package_ids_item)

        destination_location_id = self.destination_location_id

        id: str | Unset = UNSET
        if not isinstance(self.id, Unset):
            id = str(self.id)

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "raw_data_package_ids": raw_data_package_ids,
                "destination_location_id": destination_location_id,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        raw_data_package_ids = []
        _raw_data_package_ids = d.pop("raw_data_package_ids")
        for raw_data_package_ids_item_data in _raw_data_package_ids:
            raw_data_package_ids_item = UUID(raw_data_package_ids_item_data)

            raw_data_package_ids.append(raw_data_package_ids_item)

        destination_location_id = d.pop("destination_location_id")

        _id = d.pop("id", UNSET)
        id: UUID | Unset
        if isinstance(_id, Unset):
            id = UNSET
        else:
            id = UUID(_id)

        reason = d.pop("reason", UNSET)

        staging_job_create = cls(
            raw_data_package_ids=raw_data_package_ids,
            destination_location_id=destination_location_id,
            id=id,
            reason=reason,
        )

        return staging_job_create
