from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.visibility_job_state import VisibilityJobState, check_visibility_job_state

if TYPE_CHECKING:
    from ..models.visibility_plan import VisibilityPlan


T = TypeVar("T", bound="VisibilityJob")


@_attrs_define
class VisibilityJob:
    id: UUID
    state: VisibilityJobState
    """ Lost is one whose process has ended. """
    plan: VisibilityPlan
    done: int
    """ Months of single sources that are computed or were there. """
    total: int
    requested_by: str
    started_at: datetime.datetime
    changed_at: datetime.datetime
    """ When it last said how far it is. """
    ended_at: datetime.datetime | None
    detail: str
    """ Why it ended otherwise than as succeeded; empty while it works. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        state: str = self.state

        plan = self.plan.to_dict()

        done = self.done

        total = self.total

        requested_by = self.requested_by

        started_at = self.started_at.isoformat()

        changed_at = self.changed_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        detail = self.detail

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "plan": plan,
                "done": done,
                "total": total,
                "requested_by": requested_by,
                "started_at": started_at,
                "changed_at": changed_at,
                "ended_at": ended_at,
                "detail": detail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.visibility_plan import VisibilityPlan

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        state = check_visibility_job_state(d.pop("state"))

        plan = VisibilityPlan.from_dict(d.pop("plan"))

        done = d.pop("done")

        total = d.pop("total")

        requested_by = d.pop("requested_by")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        detail = d.pop("detail")

        visibility_job = cls(
            id=id,
            state=state,
            plan=plan,
            done=done,
            total=total,
            requested_by=requested_by,
            started_at=started_at,
            changed_at=changed_at,
            ended_at=ended_at,
            detail=detail,
        )

        visibility_job.additional_properties = d
        return visibility_job

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
