from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.checksum_algorithm import ChecksumAlgorithm, check_checksum_algorithm
from ..types import UNSET, Unset

T = TypeVar("T", bound="RawDataFileCreate")


@_attrs_define
class RawDataFileCreate:
    executed_obs_unit_id: UUID
    instrument_module_id: int
    name: str
    relative_path: str
    """ Relative, with forward slashes; no part is empty, `.` or `..`, and no character is a control character. """
    size_bytes: int
    """ Bytes. """
    checksum: str
    """ Hexadecimal: 32 digits for md5, 64 for sha256, 16 or 32 for xxh3. Kept in lower case. """
    checksum_algorithm: ChecksumAlgorithm
    id: UUID | Unset = UNSET
    raw_data_package_id: UUID | Unset = UNSET
    file_type: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        executed_obs_unit_id = str(self.executed_obs_unit_id)

        instrument_module_id = self.instrument_module_id

        name = self.name

        relative_path = self.relative_path

        size_bytes = self.size_bytes

        checksum = self.checksum

        checksum_algorithm: str = self.checksum_algorithm

        id: str | Unset = UNSET
        if not isinstance(self.id, Unset):
            id = str(self.id)

        raw_data_package_id: str | Unset = UNSET
        if not isinstance(self.raw_data_package_id, Unset):
            raw_data_package_id = str(self.raw_data_package_id)

        file_type = self.file_type

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "executed_obs_unit_id": executed_obs_unit_id,
                "instrument_module_id": instrument_module_id,
                "name": name,
                "relative_path": relative_path,
                "size_bytes": size_bytes,
                "checksum": checksum,
                "checksum_algorithm": checksum_algorithm,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if raw_data_package_id is not UNSET:
            field_dict["raw_data_package_id"] = raw_data_package_id
        if file_type is not UNSET:
            field_dict["file_type"] = file_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        executed_obs_unit_id = UUID(d.pop("executed_obs_unit_id"))

        instrument_module_id = d.pop("instrument_module_id")

        name = d.pop("name")

        relative_path = d.pop("relative_path")

        size_bytes = d.pop("size_bytes")

        checksum = d.pop("checksum")

        checksum_algorithm = check_checksum_algorithm(d.pop("checksum_algorithm"))

        _id = d.pop("id", UNSET)
        id: UUID | Unset
        if isinstance(_id, Unset):
            id = UNSET
        else:
            id = UUID(_id)

        _raw_data_package_id = d.pop("raw_data_package_id", UNSET)
        raw_data_package_id: UUID | Unset
        if isinstance(_raw_data_package_id, Unset):
            raw_data_package_id = UNSET
        else:
            raw_data_package_id = UUID(_raw_data_package_id)

        file_type = d.pop("file_type", UNSET)

        raw_data_file_create = cls(
            executed_obs_unit_id=executed_obs_unit_id,
            instrument_module_id=instrument_module_id,
            name=name,
            relative_path=relative_path,
            size_bytes=size_bytes,
            checksum=checksum,
            checksum_algorithm=checksum_algorithm,
            id=id,
            raw_data_package_id=raw_data_package_id,
            file_type=file_type,
        )

        return raw_data_file_create
