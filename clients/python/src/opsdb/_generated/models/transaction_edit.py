from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.step import Step


T = TypeVar("T", bound="TransactionEdit")


@_attrs_define
class TransactionEdit:
    reason: str
    steps: list[Step]

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "steps": steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.step import Step

        d = dict(src_dict)
        reason = d.pop("reason")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = Step.from_dict(steps_item_data)

            steps.append(steps_item)

        transaction_edit = cls(
            reason=reason,
            steps=steps,
        )

        return transaction_edit
