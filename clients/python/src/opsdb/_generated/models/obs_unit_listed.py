from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ObsUnitListed")


@_attrs_define
class ObsUnitListed:
    id: int
    observing_program_id: int
    sub_observing_program_id: int | None
    source_id: int
    obs_mode_id: int
    observation_configuration_id: int | None
    name: str
    description: str
    duration_s: int
    """ Planned length of one execution, in seconds. """
    planned_executions: int
    priority: int
    """ The highest goes first. """
    active: bool
    """ Whether it is still to be observed. """
    version: int
    """ It moves with each change. """
    source_name: str
    instrument_module_configuration_ids: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        observing_program_id = self.observing_program_id

        sub_observing_program_id: int | None
        sub_observing_program_id = self.sub_observing_program_id

        source_id = self.source_id

        obs_mode_id = self.obs_mode_id

        observation_configuration_id: int | None
        observation_configuration_id = self.observation_configuration_id

        name = self.name

        description = self.description

        duration_s = self.duration_s

        planned_executions = self.planned_executions

        priority = self.priority

        active = self.active

        version = self.version

        source_name = self.source_name

        instrument_module_configuration_ids = self.instrument_module_configuration_ids

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "observing_program_id": observing_program_id,
                "sub_observing_program_id": sub_observing_program_id,
                "source_id": source_id,
                "obs_mode_id": obs_mode_id,
                "observation_configuration_id": observation_configuration_id,
                "name": name,
                "description": description,
                "duration_s": duration_s,
                "planned_executions": planned_executions,
                "priority": priority,
                "active": active,
                "version": version,
                "source_name": source_name,
                "instrument_module_configuration_ids": instrument_module_configuration_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        observing_program_id = d.pop("observing_program_id")

        def _parse_sub_observing_program_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        sub_observing_program_id = _parse_sub_observing_program_id(d.pop("sub_observing_program_id"))

        source_id = d.pop("source_id")

        obs_mode_id = d.pop("obs_mode_id")

        def _parse_observation_configuration_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        observation_configuration_id = _parse_observation_configuration_id(d.pop("observation_configuration_id"))

        name = d.pop("name")

        description = d.pop("description")

        duration_s = d.pop("duration_s")

        planned_executions = d.pop("planned_executions")

        priority = d.pop("priority")

        active = d.pop("active")

        version = d.pop("version")

        source_name = d.pop("source_name")

        instrument_module_configuration_ids = cast(list[int], d.pop("instrument_module_configuration_ids"))

        obs_unit_listed = cls(
            id=id,
            observing_program_id=observing_program_id,
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
            version=version,
            source_name=source_name,
            instrument_module_configuration_ids=instrument_module_configuration_ids,
        )

        obs_unit_listed.additional_properties = d
        return obs_unit_listed

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
