from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Progress")


@_attrs_define
class Progress:
    """What is planned against what was executed. Only completed executions count. A unit that was executed more often or
    longer than planned makes up for no other one.

    """

    planned: int
    """ Executions. """
    planned_s: int
    """ Seconds. """
    completed: int
    completed_s: float
    """ Seconds that the completed ones took, from start to end. """
    running: int
    aborted: int
    failed: int
    remaining: int
    """ Executions that are still to be completed. """
    remaining_s: float
    """ Seconds that are still to be observed. """
    done: float | None
    """ The completed part of the planned executions; null when none are planned. """
    done_by_time: float | None
    """ The observed part of the planned time; null when none is planned. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        planned = self.planned

        planned_s = self.planned_s

        completed = self.completed

        completed_s = self.completed_s

        running = self.running

        aborted = self.aborted

        failed = self.failed

        remaining = self.remaining

        remaining_s = self.remaining_s

        done: float | None
        done = self.done

        done_by_time: float | None
        done_by_time = self.done_by_time

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "planned": planned,
                "planned_s": planned_s,
                "completed": completed,
                "completed_s": completed_s,
                "running": running,
                "aborted": aborted,
                "failed": failed,
                "remaining": remaining,
                "remaining_s": remaining_s,
                "done": done,
                "done_by_time": done_by_time,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        planned = d.pop("planned")

        planned_s = d.pop("planned_s")

        completed = d.pop("completed")

        completed_s = d.pop("completed_s")

        running = d.pop("running")

        aborted = d.pop("aborted")

        failed = d.pop("failed")

        remaining = d.pop("remaining")

        remaining_s = d.pop("remaining_s")

        def _parse_done(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        done = _parse_done(d.pop("done"))

        def _parse_done_by_time(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        done_by_time = _parse_done_by_time(d.pop("done_by_time"))

        progress = cls(
            planned=planned,
            planned_s=planned_s,
            completed=completed,
            completed_s=completed_s,
            running=running,
            aborted=aborted,
            failed=failed,
            remaining=remaining,
            remaining_s=remaining_s,
            done=done,
            done_by_time=done_by_time,
        )

        progress.additional_properties = d
        return progress

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
