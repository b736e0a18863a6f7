from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RawDataPackageCreate")


@_attrs_define
class RawDataPackageCreate:
    executed_obs_unit_id: UUID
    instrument_module_id: int
    name: str
    relative_path: str
    """ Relative, with forward slashes; no part is empty, `.` or `..`, and no character is a control character. """
    id: UUID | Unset = UNSET
    raw_data_file_ids: list[UUID] | Unset = UNSET
    """ Registered files that go into the package. """

    def to_dict(self) -> dict[str, Any]:
        executed_obs_unit_id = str(self.executed_obs_unit_id)

        instrument_module_id = self.instrument_module_id

        name = self.name

        relative_path = self.relative_path

        id: str | Unset = UNSET
        if not isinstance(self.id, Unset):
            id = str(self.id)

        raw_data_file_ids: list[str] | Unset = UNSET
        if not isinstance(self.raw_data_file_ids, Unset):
            raw_data_file_ids = []
            for raw_data_file_ids_item_data in self.raw_data_file_ids:
                raw_data_file_ids_item = str(raw_data_file_ids_item_data)
                raw_data_file_ids.append(raw_data_file_ids_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "executed_obs_unit_id": executed_obs_unit_id,
                "instrument_module_id": instrument_module_id,
                "name": name,
                "relative_path": relative_path,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if raw_data_file_ids is not UNSET:
            field_dict["raw_data_file_ids"] = raw_data_file_ids

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        executed_obs_unit_id = UUID(d.pop("executed_obs_unit_id"))

        instrument_module_id = d.pop("instrument_module_id")

        name = d.pop("name")

        relative_path = d.pop("relative_path")

        _id = d.pop("id", UNSET)
        id: UUID | Unset
        if isinstance(_id, Unset):
            id = UNSET
        else:
            id = UUID(_id)

        _raw_data_file_ids = d.pop("raw_data_file_ids", UNSET)
        raw_data_file_ids: list[UUID] | Unset = UNSET
        if _raw_data_file_ids is not UNSET:
            raw_data_file_ids = []
            for raw_data_file_ids_item_data in _raw_data_file_ids:
                raw_data_file_ids_item = UUID(raw_data_file_ids_item_data)

                raw_data_file_ids.append(raw_data_file_ids_item)

        raw_data_package_create = cls(
            executed_obs_unit_id=executed_obs_unit_id,
            instrument_module_id=instrument_module_id,
            name=name,
            relative_path=relative_path,
            id=id,
            raw_data_file_ids=raw_data_file_ids,
        )

        return raw_data_package_create
