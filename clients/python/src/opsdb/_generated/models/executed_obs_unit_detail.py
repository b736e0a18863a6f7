from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.observation_status import ObservationStatus, check_observation_status
from ..models.sync_state import SyncState, check_sync_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.conditions import Conditions
    from ..models.parked_change import ParkedChange
    from ..models.raw_data_file import RawDataFile
    from ..models.raw_data_package import RawDataPackage


T = TypeVar("T", bound="ExecutedObsUnitDetail")


@_attrs_define
class ExecutedObsUnitDetail:
    """One execution with its packages and files."""

    id: UUID
    obs_unit_id: int
    site: str
    """ Where it was recorded. """
    status: ObservationStatus
    start_time: datetime.datetime
    end_time: datetime.datetime | None
    observer: str
    comment: str
    conditions: Conditions
    """ Free JSON about weather, instrument and telescope. """
    recorded_at: datetime.datetime
    """ When the site accepted it. """
    finished_by: None | str
    """ Who recorded the end. """
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    raw_data_packages: list[RawDataPackage]
    raw_data_files: list[RawDataFile]
    parked_changes: list[ParkedChange] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        obs_unit_id = self.obs_unit_id

        site = self.site

        status: str = self.status

        start_time = self.start_time.isoformat()

        end_time: None | str
        if isinstance(self.end_time, datetime.datetime):
            end_time = self.end_time.isoformat()
        else:
            end_time = self.end_time

        observer = self.observer

        comment = self.comment

        conditions = self.conditions.to_dict()

        recorded_at = self.recorded_at.isoformat()

        finished_by: None | str
        finished_by = self.finished_by

        sync: str = self.sync

        raw_data_packages = []
        for raw_data_packages_item_data in self.raw_data_packages:
            raw_data_packages_item = raw_data_packages_item_data.to_dict()
            raw_data_packages.append(raw_data_packages_item)

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
                "obs_unit_id": obs_unit_id,
                "site": site,
                "status": status,
                "start_time": start_time,
                "end_time": end_time,
                "observer": observer,
                "comment": comment,
                "conditions": conditions,
                "recorded_at": recorded_at,
                "finished_by": finished_by,
                "sync": sync,
                "raw_data_packages": raw_data_packages,
                "raw_data_files": raw_data_files,
            }
        )
        if parked_changes is not UNSET:
            field_dict["parked_changes"] = parked_changes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.conditions import Conditions
        from ..models.parked_change import ParkedChange
        from ..models.raw_data_file import RawDataFile
        from ..models.raw_data_package import RawDataPackage

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        obs_unit_id = d.pop("obs_unit_id")

        site = d.pop("site")

        status = check_observation_status(d.pop("status"))

        start_time = datetime.datetime.fromisoformat(d.pop("start_time"))

        def _parse_end_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_time_type_0 = datetime.datetime.fromisoformat(data)

                return end_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        end_time = _parse_end_time(d.pop("end_time"))

        observer = d.pop("observer")

        comment = d.pop("comment")

        conditions = Conditions.from_dict(d.pop("conditions"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        def _parse_finished_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        finished_by = _parse_finished_by(d.pop("finished_by"))

        sync = check_sync_state(d.pop("sync"))

        raw_data_packages = []
        _raw_data_packages = d.pop("raw_data_packages")
        for raw_data_packages_item_data in _raw_data_packages:
            raw_data_packages_item = RawDataPackage.from_dict(raw_data_packages_item_data)

            raw_data_packages.append(raw_data_packages_item)

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

        executed_obs_unit_detail = cls(
            id=id,
            obs_unit_id=obs_unit_id,
            site=site,
            status=status,
            start_time=start_time,
            end_time=end_time,
            observer=observer,
            comment=comment,
            conditions=conditions,
            recorded_at=recorded_at,
            finished_by=finished_by,
            sync=sync,
            raw_data_packages=raw_data_packages,
            raw_data_files=raw_data_files,
            parked_changes=parked_changes,
        )

        executed_obs_unit_detail.additional_properties = d
        return executed_obs_unit_detail

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
