from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.progress import Progress


T = TypeVar("T", bound="UnitProgress")


@_attrs_define
class UnitProgress:
    obs_unit_id: int
    name: str
    sub_observing_program_id: int | None
    active: bool
    last_start: datetime.datetime | None
    """ Of its newest execution. """
    progress: Progress
    """ What is planned against what was executed. Only completed executions count. A unit that was executed more
    often or
    longer than planned makes up for no other one.
     """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        obs_unit_id = self.obs_unit_id

        name = self.name

        sub_observing_program_id: int | None
        sub_observing_program_id = self.sub_observing_program_id

        active = self.active

        last_start: None | str
        if isinstance(self.last_start, datetime.datetime):
            last_start = self.last_start.isoformat()
        else:
            last_start = self.last_start

        progress = self.progress.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "obs_unit_id": obs_unit_id,
                "name": name,
                "sub_observing_program_id": sub_observing_program_id,
                "active": active,
                "last_start": last_start,
                "progress": progress,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.progress import Progress

        d = dict(src_dict)
        obs_unit_id = d.pop("obs_unit_id")

        name = d.pop("name")

        def _parse_sub_observing_program_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        sub_observing_program_id = _parse_sub_observing_program_id(d.pop("sub_observing_program_id"))

        active = d.pop("active")

        def _parse_last_start(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_start_type_0 = datetime.datetime.fromisoformat(data)

                return last_start_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_start = _parse_last_start(d.pop("last_start"))

        progress = Progress.from_dict(d.pop("progress"))

        unit_progress = cls(
            obs_unit_id=obs_unit_id,
            name=name,
            sub_observing_program_id=sub_observing_program_id,
            active=active,
            last_start=last_start,
            progress=progress,
        )

        unit_progress.additional_properties = d
        return unit_progress

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
