from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.initial_status import InitialStatus, check_initial_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.conditions import Conditions


T = TypeVar("T", bound="ExecutedObsUnitStart")


@_attrs_define
class ExecutedObsUnitStart:
    obs_unit_id: int
    id: UUID | Unset = UNSET
    start_time: datetime.datetime | Unset = UNSET
    observer: str | Unset = UNSET
    comment: str | Unset = UNSET
    conditions: Conditions | Unset = UNSET
    """ Free JSON about weather, instrument and telescope. """
    status: InitialStatus | Unset = UNSET
    """ How an execution begins. It says no more than that it starts. """

    def to_dict(self) -> dict[str, Any]:
        obs_unit_id = self.obs_unit_id

        id: str | Unset = UNSET
        if not isinstance(self.id, Unset):
            id = str(self.id)

        start_time: str | Unset = UNSET
        if not isinstance(self.start_time, Unset):
            start_time = self.start_time.isoformat()

        observer = self.observer

        comment = self.comment

        conditions: dict[str, Any] | Unset = UNSET
        if not isinstance(self.conditions, Unset):
            conditions = self.conditions.to_dict()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "obs_unit_id": obs_unit_id,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if start_time is not UNSET:
            field_dict["start_time"] = start_time
        if observer is not UNSET:
            field_dict["observer"] = observer
        if comment is not UNSET:
            field_dict["comment"] = comment
        if conditions is not UNSET:
            field_dict["conditions"] = conditions
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.conditions import Conditions

        d = dict(src_dict)
        obs_unit_id = d.pop("obs_unit_id")

        _id = d.pop("id", UNSET)
        id: UUID | Unset
        if isinstance(_id, Unset):
            id = UNSET
        else:
            id = UUID(_id)

        _start_time = d.pop("start_time", UNSET)
        start_time: datetime.datetime | Unset
        if isinstance(_start_time, Unset):
            start_time = UNSET
        else:
            start_time = datetime.datetime.fromisoformat(_start_time)

        observer = d.pop("observer", UNSET)

        comment = d.pop("comment", UNSET)

        _conditions = d.pop("conditions", UNSET)
        conditions: Conditions | Unset
        if isinstance(_conditions, Unset):
            conditions = UNSET
        else:
            conditions = Conditions.from_dict(_conditions)

        _status = d.pop("status", UNSET)
        status: InitialStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_initial_status(_status)

        executed_obs_unit_start = cls(
            obs_unit_id=obs_unit_id,
            id=id,
            start_time=start_time,
            observer=observer,
            comment=comment,
            conditions=conditions,
            status=status,
        )

        return executed_obs_unit_start
