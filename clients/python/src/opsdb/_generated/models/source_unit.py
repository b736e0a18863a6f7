from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SourceUnit")


@_attrs_define
class SourceUnit:
    id: int
    name: str
    observing_program_id: int
    observing_program: str
    """ Its short name. """
    active: bool
    planned_executions: int
    executed_count: int
    """ Completed executions. """
    executed_s: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        observing_program_id = self.observing_program_id

        observing_program = self.observing_program

        active = self.active

        planned_executions = self.planned_executions

        executed_count = self.executed_count

        executed_s = self.executed_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "observing_program_id": observing_program_id,
                "observing_program": observing_program,
                "active": active,
                "planned_executions": planned_executions,
                "executed_count": executed_count,
                "executed_s": executed_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        observing_program_id = d.pop("observing_program_id")

        observing_program = d.pop("observing_program")

        active = d.pop("active")

        planned_executions = d.pop("planned_executions")

        executed_count = d.pop("executed_count")

        executed_s = d.pop("executed_s")

        source_unit = cls(
            id=id,
            name=name,
            observing_program_id=observing_program_id,
            observing_program=observing_program,
            active=active,
            planned_executions=planned_executions,
            executed_count=executed_count,
            executed_s=executed_s,
        )

        source_unit.additional_properties = d
        return source_unit

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
