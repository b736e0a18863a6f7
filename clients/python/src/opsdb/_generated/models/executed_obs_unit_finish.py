from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.final_status import FinalStatus, check_final_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.conditions import Conditions


T = TypeVar("T", bound="ExecutedObsUnitFinish")


@_attrs_define
class ExecutedObsUnitFinish:
    status: FinalStatus | Unset = UNSET
    """ How an execution ended. """
    end_time: datetime.datetime | Unset = UNSET
    comment: str | Unset = UNSET
    conditions: Conditions | Unset = UNSET
    """ Free JSON about weather, instrument and telescope. """

    def to_dict(self) -> dict[str, Any]:
        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        end_time: str | Unset = UNSET
        if not isinstance(self.end_time, Unset):
            end_time = self.end_time.isoformat()

        comment = self.comment

        conditions: dict[str, Any] | Unset = UNSET
        if not isinstance(self.conditions, Unset):
            conditions = self.conditions.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if status is not UNSET:
            field_dict["status"] = status
        if end_time is not UNSET:
            field_dict["end_time"] = end_time
        if comment is not UNSET:
            field_dict["comment"] = comment
        if conditions is not UNSET:
            field_dict["conditions"] = conditions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.conditions import Conditions

        d = dict(src_dict)
        _status = d.pop("status", UNSET)
        status: FinalStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_final_status(_status)

        _end_time = d.pop("end_time", UNSET)
        end_time: datetime.datetime | Unset
        if isinstance(_end_time, Unset):
            end_time = UNSET
        else:
            end_time = datetime.datetime.fromisoformat(_end_time)

        comment = d.pop("comment", UNSET)

        _conditions = d.pop("conditions", UNSET)
        conditions: Conditions | Unset
        if isinstance(_conditions, Unset):
            conditions = UNSET
        else:
            conditions = Conditions.from_dict(_conditions)

        executed_obs_unit_finish = cls(
            status=status,
            end_time=end_time,
            comment=comment,
            conditions=conditions,
        )

        return executed_obs_unit_finish
