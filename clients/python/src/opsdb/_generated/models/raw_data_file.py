from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.checksum_algorithm import ChecksumAlgorithm, check_checksum_algorithm
from ..models.sync_state import SyncState, check_sync_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.parked_change import ParkedChange


T = TypeVar("T", bound="RawDataFile")


@_attrs_define
class RawDataFile:
    id: UUID
    executed_obs_unit_id: UUID
    raw_data_package_id: None | UUID
    instrument_module_id: int
    name: str
    relative_path: str
    file_type: str
    size_bytes: int
    """ Bytes. """
    checksum: str
    checksum_algorithm: ChecksumAlgorithm
    recorded_at: datetime.datetime
    """ When the site accepted it. """
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    parked_changes: list[ParkedChange] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        executed_obs_unit_id = str(self.executed_obs_unit_id)

        raw_data_package_id: None | str
        if isinstance(self.raw_data_package_id, UUID):
            raw_data_package_id = str(self.raw_data_package_id)
        else:
            raw_data_package_id = self.raw_data_package_id

        instrument_module_id = self.instrument_module_id

        name = self.name

        relative_path = self.relative_path

        file_type = self.file_type

        size_bytes = self.size_bytes

        checksum = self.checksum

        checksum_algorithm: str = self.checksum_algorithm

        recorded_at = self.recorded_at.isoformat()

        sync: str = self.sync

        parked_changes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.parked_changes, Unset):
            parked_changes = []
            for parked_changes_item_data in self.parked_changes:
                parked_changes_item = parked_changes_item_data.to_dict()
                parked_changes.append(parked_changes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "executed_obs_unit_id": executed_obs_unit_id,
                "raw_data_package_id": raw_data_package_id,
                "instrument_module_id": instrument_module_id,
                "name": name,
                "relative_path": relative_path,
                "file_type": file_type,
                "size_bytes": size_bytes,
                "checksum": checksum,
                "checksum_algorithm": checksum_algorithm,
                "recorded_at": recorded_at,
                "sync": sync,
            }
        )
        if parked_changes is not UNSET:
            field_dict["parked_changes"] = parked_changes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.parked_change import ParkedChange

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        executed_obs_unit_id = UUID(d.pop("executed_obs_unit_id"))

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

        instrument_module_id = d.pop("instrument_module_id")

        name = d.pop("name")

        relative_path = d.pop("relative_path")

        file_type = d.pop("file_type")

        size_bytes = d.pop("size_bytes")

        checksum = d.pop("checksum")

        checksum_algorithm = check_checksum_algorithm(d.pop("checksum_algorithm"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        sync = check_sync_state(d.pop("sync"))

        _parked_changes = d.pop("parked_changes", UNSET)
        parked_changes: list[ParkedChange] | Unset = UNSET
        if _parked_changes is not UNSET:
            parked_changes = []
            for parked_changes_item_data in _parked_changes:
                parked_changes_item = ParkedChange.from_dict(parked_changes_item_data)

                parked_changes.append(parked_changes_item)

        raw_data_file = cls(
            id=id,
            executed_obs_unit_id=executed_obs_unit_id,
            raw_data_package_id=raw_data_package_id,
            instrument_module_id=instrument_module_id,
            name=name,
            relative_path=relative_path,
            file_type=file_type,
            size_bytes=size_bytes,
            checksum=checksum,
            checksum_algorithm=checksum_algorithm,
            recorded_at=recorded_at,
            sync=sync,
            parked_changes=parked_changes,
        )

        raw_data_file.additional_properties = d
        return raw_data_file

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
