from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.pipeline_stage_name import PipelineStageName, check_pipeline_stage_name

T = TypeVar("T", bound="PipelineStage")


@_attrs_define
class PipelineStage:
    """What is at one stage. At the stages 0 to 5 raw data packages are counted, at 6 those of jobs that bring them back,
    at 7 their copies that are deleted; at 6 and 7 what was completed counts for a day.

    """

    stage: int
    name: PipelineStageName
    packages: int
    """ The sum of the five that follow. """
    bytes_: int
    """ As far as sizes are known. """
    pending: int
    scheduled: int
    in_progress: int
    completed: int
    failed: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stage = self.stage

        name: str = self.name

        packages = self.packages

        bytes_ = self.bytes_

        pending = self.pending

        scheduled = self.scheduled

        in_progress = self.in_progress

        completed = self.completed

        failed = self.failed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stage": stage,
                "name": name,
                "packages": packages,
                "bytes": bytes_,
                "pending": pending,
                "scheduled": scheduled,
                "in_progress": in_progress,
                "completed": completed,
                "failed": failed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        stage = d.pop("stage")

        name = check_pipeline_stage_name(d.pop("name"))

        packages = d.pop("packages")

        bytes_ = d.pop("bytes")

        pending = d.pop("pending")

        scheduled = d.pop("scheduled")

        in_progress = d.pop("in_progress")

        completed = d.pop("completed")

        failed = d.pop("failed")

        pipeline_stage = cls(
            stage=stage,
            name=name,
            packages=packages,
            bytes_=bytes_,
            pending=pending,
            scheduled=scheduled,
            in_progress=in_progress,
            completed=completed,
            failed=failed,
        )

        pipeline_stage.additional_properties = d
        return pipeline_stage

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
