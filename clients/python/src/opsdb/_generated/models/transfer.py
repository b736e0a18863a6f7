from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transfer_status import TransferStatus, check_transfer_status

T = TypeVar("T", bound="Transfer")


@_attrs_define
class Transfer:
    """One movement of a transfer package between sites. Bandwidth and ETA are those of a transfer under way: what it has
    moved since it started, and when it ends at that pace.

    """

    id: UUID
    data_transfer_package_id: UUID
    route_id: int
    origin_location_id: int
    destination_location_id: int
    status: TransferStatus
    unpack_status: TransferStatus
    retry_count: int
    size_bytes: int
    transferred_bytes: int
    bandwidth_bytes_s: float | None
    """ Of one that is over, its average. """
    eta_seconds: float | None
    """ Null when it is not known. """
    stalled: bool
    """ Under way without progress for longer than the setting TRANSFER_STALLED. """
    failure: None | str
    """ Why it failed. """
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    progress_at: datetime.datetime | None
    """ When bytes arrived last. """
    finished_at: datetime.datetime | None
    unpacked_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        data_transfer_package_id = str(self.data_transfer_package_id)

        route_id = self.route_id

        origin_location_id = self.origin_location_id

        destination_location_id = self.destination_location_id

        status: str = self.status

        unpack_status: str = self.unpack_status

        retry_count = self.retry_count

        size_bytes = self.size_bytes

        transferred_bytes = self.transferred_bytes

        bandwidth_bytes_s: float | None
        bandwidth_bytes_s = self.bandwidth_bytes_s

        eta_seconds: float | None
        eta_seconds = self.eta_seconds

        stalled = self.stalled

        failure: None | str
        failure = self.failure

        created_at = self.created_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        progress_at: None | str
        if isinstance(self.progress_at, datetime.datetime):
            progress_at = self.progress_at.isoformat()
        else:
            progress_at = self.progress_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        unpacked_at: None | str
        if isinstance(self.unpacked_at, datetime.datetime):
            unpacked_at = self.unpacked_at.isoformat()
        else:
            unpacked_at = self.unpacked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "data_transfer_package_id": data_transfer_package_id,
                "route_id": route_id,
                "origin_location_id": origin_location_id,
                "destination_location_id": destination_location_id,
                "status": status,
                "unpack_status": unpack_status,
                "retry_count": retry_count,
                "size_bytes": size_bytes,
                "transferred_bytes": transferred_bytes,
                "bandwidth_bytes_s": bandwidth_bytes_s,
                "eta_seconds": eta_seconds,
                "stalled": stalled,
                "failure": failure,
                "created_at": created_at,
                "started_at": started_at,
                "progress_at": progress_at,
                "finished_at": finished_at,
                "unpacked_at": unpacked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        data_transfer_package_id = UUID(d.pop("data_transfer_package_id"))

        route_id = d.pop("route_id")

        origin_location_id = d.pop("origin_location_id")

        destination_location_id = d.pop("destination_location_id")

        status = check_transfer_status(d.pop("status"))

        unpack_status = check_transfer_status(d.pop("unpack_status"))

        retry_count = d.pop("retry_count")

        size_bytes = d.pop("size_bytes")

        transferred_bytes = d.pop("transferred_bytes")

        def _parse_bandwidth_bytes_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        bandwidth_bytes_s = _parse_bandwidth_bytes_s(d.pop("bandwidth_bytes_s"))

        def _parse_eta_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        eta_seconds = _parse_eta_seconds(d.pop("eta_seconds"))

        stalled = d.pop("stalled")

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

        def _parse_progress_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                progress_at_type_0 = datetime.datetime.fromisoformat(data)

                return progress_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        progress_at = _parse_progress_at(d.pop("progress_at"))

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

        def _parse_unpacked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                unpacked_at_type_0 = datetime.datetime.fromisoformat(data)

                return unpacked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        unpacked_at = _parse_unpacked_at(d.pop("unpacked_at"))

        transfer = cls(
            id=id,
            data_transfer_package_id=data_transfer_package_id,
            route_id=route_id,
            origin_location_id=origin_location_id,
            destination_location_id=destination_location_id,
            status=status,
            unpack_status=unpack_status,
            retry_count=retry_count,
            size_bytes=size_bytes,
            transferred_bytes=transferred_bytes,
            bandwidth_bytes_s=bandwidth_bytes_s,
            eta_seconds=eta_seconds,
            stalled=stalled,
            failure=failure,
            created_at=created_at,
            started_at=started_at,
            progress_at=progress_at,
            finished_at=finished_at,
            unpacked_at=unpacked_at,
        )

        transfer.additional_properties = d
        return transfer

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
