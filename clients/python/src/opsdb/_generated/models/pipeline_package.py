from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.package_state import PackageState, check_package_state
from ..models.package_status import PackageStatus, check_package_status
from ..models.transfer_status import TransferStatus, check_transfer_status

T = TypeVar("T", bound="PipelinePackage")


@_attrs_define
class PipelinePackage:
    """A raw data package on its way."""

    id: UUID
    executed_obs_unit_id: UUID
    instrument_module_id: int
    data_transfer_package_id: None | UUID
    """ What it travels in. """
    name: str
    relative_path: str
    status: PackageStatus
    state: PackageState
    """ Where the package is on its way to the archive. """
    stage: int
    """ How far it has come. """
    stage_status: TransferStatus
    size_bytes: int | None
    created_at: datetime.datetime
    finalized_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        executed_obs_unit_id = str(self.executed_obs_unit_id)

        instrument_module_id = self.instrument_module_id

        data_transfer_package_id: None | str
        if isinstance(self.data_transfer_package_id, UUID):
            data_transfer_package_id = str(self.data_transfer_package_id)
        else:
            data_transfer_package_id = self.data_transfer_package_id

        name = self.name

        relative_path = self.relative_path

        status: str = self.status

        state: str = self.state

        stage = self.stage

        stage_status: str = self.stage_status

        size_bytes: int | None
        size_bytes = self.size_bytes

        created_at = self.created_at.isoformat()

        finalized_at: None | str
        if isinstance(self.finalized_at, datetime.datetime):
            finalized_at = self.finalized_at.isoformat()
        else:
            finalized_at = self.finalized_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "executed_obs_unit_id": executed_obs_unit_id,
                "instrument_module_id": instrument_module_id,
                "data_transfer_package_id": data_transfer_package_id,
                "name": name,
                "relative_path": relative_path,
                "status": status,
                "state": state,
                "stage": stage,
                "stage_status": stage_status,
                "size_bytes": size_bytes,
                "created_at": created_at,
                "finalized_at": finalized_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        executed_obs_unit_id = UUID(d.pop("executed_obs_unit_id"))

        instrument_module_id = d.pop("instrument_module_id")

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

        name = d.pop("name")

        relative_path = d.pop("relative_path")

        status = check_package_status(d.pop("status"))

        state = check_package_state(d.pop("state"))

        stage = d.pop("stage")

        stage_status = check_transfer_status(d.pop("stage_status"))

        def _parse_size_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        size_bytes = _parse_size_bytes(d.pop("size_bytes"))

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

        pipeline_package = cls(
            id=id,
            executed_obs_unit_id=executed_obs_unit_id,
            instrument_module_id=instrument_module_id,
            data_transfer_package_id=data_transfer_package_id,
            name=name,
            relative_path=relative_path,
            status=status,
            state=state,
            stage=stage,
            stage_status=stage_status,
            size_bytes=size_bytes,
            created_at=created_at,
            finalized_at=finalized_at,
        )

        pipeline_package.additional_properties = d
        return pipeline_package

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
