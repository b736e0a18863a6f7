from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.step_params import StepParams


T = TypeVar("T", bound="Step")


@_attrs_define
class Step:
    kind: str
    """ What is written; a stable name. """
    params: StepParams
    """ The parameters of that kind. """

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        params = self.params.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "params": params,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.step_params import StepParams

        d = dict(src_dict)
        kind = d.pop("kind")

        params = StepParams.from_dict(d.pop("params"))

        step = cls(
            kind=kind,
            params=params,
        )

        return step
