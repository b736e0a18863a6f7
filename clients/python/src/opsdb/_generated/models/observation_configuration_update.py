from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chai_observation import ChaiObservation
    from ..models.plan_parameters import PlanParameters


T = TypeVar("T", bound="ObservationConfigurationUpdate")


@_attrs_define
class ObservationConfigurationUpdate:
    name: str | Unset = UNSET
    """ Without control characters, and no blank at its ends. """
    description: str | Unset = UNSET
    parameters: PlanParameters | Unset = UNSET
    """ What the instrument is told, by name. """
    chai: ChaiObservation | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.chai_observation import ChaiObservation

        name = self.name

        description = self.description

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        chai: dict[str, Any] | None | Unset
        if isinstance(self.chai, Unset):
            chai = UNSET
        elif isinstance(self.chai, ChaiObservation):
            chai = self.chai.to_dict()
        else:
            chai = self.chai

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if chai is not UNSET:
            field_dict["chai"] = chai

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chai_observation import ChaiObservation
        from ..models.plan_parameters import PlanParameters

        d = dict(src_dict)
        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        _parameters = d.pop("parameters", UNSET)
        parameters: PlanParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = PlanParameters.from_dict(_parameters)

        def _parse_chai(data: object) -> ChaiObservation | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                chai_type_1 = ChaiObservation.from_dict(data)

                return chai_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChaiObservation | None | Unset, data)

        chai = _parse_chai(d.pop("chai", UNSET))

        observation_configuration_update = cls(
            name=name,
            description=description,
            parameters=parameters,
            chai=chai,
        )

        return observation_configuration_update
