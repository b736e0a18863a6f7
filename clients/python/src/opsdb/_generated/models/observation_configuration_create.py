from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chai_observation import ChaiObservation
    from ..models.plan_parameters import PlanParameters


T = TypeVar("T", bound="ObservationConfigurationCreate")


@_attrs_define
class ObservationConfigurationCreate:
    name: str
    """ Without control characters, and no blank at its ends. """
    description: str | Unset = UNSET
    parameters: PlanParameters | Unset = UNSET
    """ What the instrument is told, by name. """
    chai: ChaiObservation | Unset = UNSET
    """ How CHAI observes. The tiles of a map are in the order in which they are observed. """

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        chai: dict[str, Any] | Unset = UNSET
        if not isinstance(self.chai, Unset):
            chai = self.chai.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
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
        name = d.pop("name")

        description = d.pop("description", UNSET)

        _parameters = d.pop("parameters", UNSET)
        parameters: PlanParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = PlanParameters.from_dict(_parameters)

        _chai = d.pop("chai", UNSET)
        chai: ChaiObservation | Unset
        if isinstance(_chai, Unset):
            chai = UNSET
        else:
            chai = ChaiObservation.from_dict(_chai)

        observation_configuration_create = cls(
            name=name,
            description=description,
            parameters=parameters,
            chai=chai,
        )

        return observation_configuration_create
