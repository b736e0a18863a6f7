from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.staging_status import StagingStatus, check_staging_status

T = TypeVar("T", bound="StagingJob")


@_attrs_define
class StagingJob:
    """Packages that are brought back together."""

    id: UUID
    destination_location_id: int
    status: StagingStatus
    requested_by: str
    """ Login name. """
    reason: str
    packages: int
    packages_staged: int
    bytes_: int
    bytes_staged: int
    retry_count: int
    failure: None | str
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    cancelled_by: None | str
    """ Login name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        destination_location_id = self.destination_location_id

        status: str = self.status

        requested_by = self.requested_by

        reason = self.reason

        packages = self.packages

        packages_staged = self.packages_staged

        bytes_ = self.bytes_

        bytes_staged = self.bytes_staged

        retry_count = self.retry_count

        failure: None | str
        failure = self.failure

        created_at = self.created_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        cancelled_by: None | str
        cancelled_by = self.cancelled_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "destination_location_id": destination_location_id,
                "status": status,
                "requested_by": requested_by,
                "reason": reason,
                "packages": packages,
                "packages_staged": packages_staged,
                "bytes": bytes_,
                "bytes_staged": bytes_staged,
                "retry_count": retry_count,
                "failure": failure,
                "created_at": created_at,
                "started_at": started_at,
                "finished_at": finished_at,
                "cancelled_by": cancelled_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        destination_location_id = d.pop("destination_location_id")

        status = check_staging_status(d.pop("status"))

        requested_by = d.pop("requested_by")

        reason = d.pop("reason")

        packages = d.pop("packages")

        packages_staged = d.pop("packages_staged")

        bytes_ = d.pop("bytes")

        bytes_staged = d.pop("bytes_staged")

        retry_count = d.pop("retry_count")

        def _parse_failure(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failure = _parse_failure(d.pop("failure"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        def _parse_cancelled_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancelled_by = _parse_cancelled_by(d.pop("cancelled_by"))

        staging_job = cls(
            id=id,
            destination_location_id=destination_location_id,
            status=status,
            requested_by=requested_by,
            reason=reason,
            packages=packages,
            packages_staged=packages_staged,
            bytes_=bytes_,
            bytes_staged=bytes_staged,
            retry_count=retry_count,
            failure=failure,
            created_at=created_at,
            started_at=started_at,
            finished_at=finished_at,
            cancelled_by=cancelled_by,
        )

        staging_job.additional_properties = d
        return staging_job

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
