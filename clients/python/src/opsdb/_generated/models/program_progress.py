from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.progress import Progress
    from ..models.unit_progress import UnitProgress


T = TypeVar("T", bound="ProgramProgress")


@_attrs_define
class ProgramProgress:
    observing_program_id: int
    units: int
    """ How many units are summed up. """
    sum_: Progress
    """ What is planned against what was executed. Only completed executions count. A unit that was executed more
    often or
    longer than planned makes up for no other one.
     """
    items: list[UnitProgress]
    next_cursor: None | str
    """ Null on the last page. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        observing_program_id = self.observing_program_id

        units = self.units

        sum_ = self.sum_.to_dict()

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_cursor: None | str
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "observing_program_id": observing_program_id,
                "units": units,
                "sum": sum_,
                "items": items,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.progress import Progress
        from ..models.unit_progress import UnitProgress

        d = dict(src_dict)
        observing_program_id = d.pop("observing_program_id")

        units = d.pop("units")

        sum_ = Progress.from_dict(d.pop("sum"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = UnitProgress.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        program_progress = cls(
            observing_program_id=observing_program_id,
            units=units,
            sum_=sum_,
            items=items,
            next_cursor=next_cursor,
        )

        program_progress.additional_properties = d
        return program_progress

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
