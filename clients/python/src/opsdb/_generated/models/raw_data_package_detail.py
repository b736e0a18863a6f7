from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.checksum_algorithm import ChecksumAlgorithm, check_checksum_algorithm
from ..models.package_state import PackageState, check_package_state
from ..models.package_status import PackageStatus, check_package_status
from ..models.sync_state import SyncState, check_sync_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.parked_change import ParkedChange
    from ..models.raw_data_file import RawDataFile


T = TypeVar("T", bound="RawDataPackageDetail")


@_attrs_define
class RawDataPackageDetail:
    """A package with its files."""

    id: UUID
    executed_obs_unit_id: UUID
    instrument_module_id: int
    name: str
    relative_path: str
    status: PackageStatus
    state: PackageState
    """ Where the package is on its way to the archive. """
    size_bytes: int | None
    checksum: None | str
    checksum_algorithm: ChecksumAlgorithm | None
    created_at: datetime.datetime
    finalized_at: datetime.datetime | None
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    raw_data_files: list[RawDataFile]
    parked_changes: list[ParkedChange] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        executed_obs_unit_id = str(self.executed_obs_unit_id)

        instrument_module_id = self.instrument_module_id

        name = self.name

        relative_path = self.relative_path

        status: str = self.status

        state: str = self.state

        size_bytes: int | None
        size_bytes = self.size_bytes

        checksum: None | str
        checksum = self.checksum

        checksum_algorithm: None | str
        if isinstance(self.checksum_algorithm, str):
            checksum_algorithm = self.checksum_algorithm
        else:
            checksum_algorithm = self.checksum_algorithm

        created_at = self.created_at.isoformat()

        finalized_at: None | str
        if isinstance(self.finalized_at, datetime.datetime):
            finalized_at = self.finalized_at.isoformat()
        else:
            finalized_at = self.finalized_at

        sync: str = self.sync

        raw_data_files = []
        for raw_data_files_item_data in self.raw_data_files:
            raw_data_files_item = raw_data_files_item_data.to_dict()
            raw_data_files.append(raw_data_files_item)

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
                "instrument_module_id": instrument_module_id,
                "name": name,
                "relative_path": relative_path,
                "status": status,
                "state": state,
                "size_bytes": size_bytes,
                "checksum": checksum,
                "checksum_algorithm": checksum_algorithm,
                "created_at": created_at,
                "finalized_at": finalized_at,
                "sync": sync,
                "raw_data_files": raw_data_files,
            }
        )
        if parked_changes is not UNSET:
            field_dict["parked_changes"] = parked_changes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.parked_change import ParkedChange
        from ..models.raw_data_file import RawDataFile

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        executed_obs_unit_id = UUID(d.pop("executed_obs_unit_id"))

        instrument_module_id = d.pop("instrument_module_id")

        name = d.pop("name")

        relative_path = d.pop("relative_path")

        status = check_package_status(d.pop("status"))

        state = check_package_state(d.pop("state"))

        def _parse_size_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        size_bytes = _parse_size_bytes(d.pop("size_bytes"))

        def _parse_checksum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        checksum = _parse_checksum(d.pop("checksum"))

        def _parse_checksum_algorithm(data: object) -> ChecksumAlgorithm | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checksum_algorithm_type_1 = check_checksum_algorithm(data)

                return checksum_algorithm_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChecksumAlgorithm | None, data)

        checksum_algorithm = _parse_checksum_algorithm(d.pop("checksum_algorithm"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_finalized_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finalized_at_type_0 = datetime.datetime.fromisoformat(data)

                return finalized_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finalized_at = _parse_finalized_at(d.pop("finalized_at"))

        sync = check_sync_state(d.pop("sync"))

        raw_data_files = []
        _raw_data_files = d.pop("raw_data_files")
        for raw_data_files_item_data in _raw_data_files:
            raw_data_files_item = RawDataFile.from_dict(raw_data_files_item_data)

            raw_data_files.append(raw_data_files_item)

        _parked_changes = d.pop("parked_changes", UNSET)
        parked_changes: list[ParkedChange] | Unset = UNSET
        if _parked_changes is not UNSET:
            parked_changes = []
            for parked_changes_item_data in _parked_changes:
                parked_changes_item = ParkedChange.from_dict(parked_changes_item_data)

                parked_changes.append(parked_changes_item)

        raw_data_package_detail = cls(
            id=id,
            executed_obs_unit_id=executed_obs_unit_id,
            instrument_module_id=instrument_module_id,
            name=name,
            relative_path=relative_path,
            status=status,
            state=state,
            size_bytes=size_bytes,
            checksum=checksum,
            checksum_algorithm=checksum_algorithm,
            created_at=created_at,
            finalized_at=finalized_at,
            sync=sync,
            raw_data_files=raw_data_files,
            parked_changes=parked_changes,
        )

        raw_data_package_detail.additional_properties = d
        return raw_data_package_detail

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
