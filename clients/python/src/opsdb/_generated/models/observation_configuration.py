from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.chai_observation import ChaiObservation
    from ..models.plan_parameters import PlanParameters


T = TypeVar("T", bound="ObservationConfiguration")


@_attrs_define
class ObservationConfiguration:
    id: int
    name: str
    description: str
    parameters: PlanParameters
    """ What the instrument is told, by name. """
    chai: ChaiObservation | None
    version: int
    """ It moves with each change. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.chai_observation import ChaiObservation

        id = self.id

        name = self.name

        description = self.description

        parameters = self.parameters.to_dict()

        chai: dict[str, Any] | None
        if isinstance(self.chai, ChaiObservation):
            chai = self.chai.to_dict()
        else:
            chai = self.chai

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "parameters": parameters,
                "chai": chai,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chai_observation import ChaiObservation
        from ..models.plan_parameters import PlanParameters

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        parameters = PlanParameters.from_dict(d.pop("parameters"))

        def _parse_chai(data: object) -> ChaiObservation | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                chai_type_1 = ChaiObservation.from_dict(data)

                return chai_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChaiObservation | None, data)

        chai = _parse_chai(d.pop("chai"))

        version = d.pop("version")

        observation_configuration = cls(
            id=id,
            name=name,
            description=description,
            parameters=parameters,
            chai=chai,
            version=version,
        )

        observation_configuration.additional_properties = d
        return observation_configuration

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
