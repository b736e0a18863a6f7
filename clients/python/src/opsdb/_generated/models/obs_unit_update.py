from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ObsUnitUpdate")


@_attrs_define
class ObsUnitUpdate:
    sub_observing_program_id: int | None | Unset = UNSET
    source_id: int | Unset = UNSET
    obs_mode_id: int | Unset = UNSET
    observation_configuration_id: int | None | Unset = UNSET
    name: str | Unset = UNSET
    """ Without control characters, and no blank at its ends. """
    description: str | Unset = UNSET
    duration_s: int | Unset = UNSET
    """ Planned length of one execution, in seconds. """
    planned_executions: int | Unset = UNSET
    priority: int | Unset = UNSET
    active: bool | Unset = UNSET
    instrument_module_configuration_ids: list[int] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        sub_observing_program_id: int | None | Unset
        if isinstance(self.sub_observing_program_id, Unset):
            sub_observing_program_id = UNSET
        else:
            sub_observing_program_id = self.sub_observing_program_id

        source_id = self.source_id

        obs_mode_id = self.obs_mode_id

        observation_configuration_id: int | None | Unset
        if isinstance(self.observation_configuration_id, Unset):
            observation_configuration_id = UNSET
        else:
            observation_configuration_id = self.observation_configuration_id

        name = self.name

        description = self.description

        duration_s = self.duration_s

        planned_executions = self.planned_executions

        priority = self.priority

        active = self.active

        instrument_module_configuration_ids: list[int] | Unset = UNSET
        if not isinstance(self.instrument_module_configuration_ids, Unset):
            instrument_module_configuration_ids = self.instrument_module_configuration_ids

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if sub_observing_program_id is not UNSET:
            field_dict["sub_observing_program_id"] = sub_observing_program_id
        if source_id is not UNSET:
            field_dict["source_id"] = source_id
        if obs_mode_id is not UNSET:
            field_dict["obs_mode_id"] = obs_mode_id
        if observation_configuration_id is not UNSET:
            field_dict["observation_configuration_id"] = observation_configuration_id
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if duration_s is not UNSET:
            field_dict["duration_s"] = duration_s
        if planned_executions is not UNSET:
            field_dict["planned_executions"] = planned_executions
        if priority is not UNSET:
            field_dict["priority"] = priority
        if active is not UNSET:
            field_dict["active"] = active
        if instrument_module_configuration_ids is not UNSET:
            field_dict["instrument_module_configuration_ids"] = instrument_module_configuration_ids

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_sub_observing_program_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sub_observing_program_id = _parse_sub_observing_program_id(d.pop("sub_observing_program_id", UNSET))

        source_id = d.pop("source_id", UNSET)

        obs_mode_id = d.pop("obs_mode_id", UNSET)

        def _parse_observation_configuration_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        observation_configuration_id = _parse_observation_configuration_id(d.pop("observation_configuration_id", UNSET))

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        duration_s = d.pop("duration_s", UNSET)

        planned_executions = d.pop("planned_executions", UNSET)

        priority = d.pop("priority", UNSET)

        active = d.pop("active", UNSET)

        instrument_module_configuration_ids = cast(list[int], d.pop("instrument_module_configuration_ids", UNSET))

        obs_unit_update = cls(
            sub_observing_program_id=sub_observing_program_id,
            source_id=source_id,
            obs_mode_id=obs_mode_id,
            observation_configuration_id=observation_configuration_id,
            name=name,
            description=description,
            duration_s=duration_s,
            planned_executions=planned_executions,
            priority=priority,
            active=active,
            instrument_module_configuration_ids=instrument_module_configuration_ids,
        )

        return obs_unit_update
