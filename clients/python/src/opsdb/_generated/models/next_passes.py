from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NextPasses")


@_attrs_define
class NextPasses:
    """Through the horizon and the highest point, from the time of the answer on; null when not within a day."""

    rise: datetime.datetime | None
    transit: datetime.datetime | None
    set_: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rise: None | str
        if isinstance(self.rise, datetime.datetime):
            rise = self.rise.isoformat()
        else:
            rise = self.rise

        transit: None | str
        if isinstance(self.transit, datetime.datetime):
            transit = self.transit.isoformat()
        else:
            transit = self.transit

        set_: None | str
        if isinstance(self.set_, datetime.datetime):
            set_ = self.set_.isoformat()
        else:
            set_ = self.set_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rise": rise,
                "transit": transit,
                "set": set_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_rise(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rise_type_0 = datetime.datetime.fromisoformat(data)

                return rise_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        rise = _parse_rise(d.pop("rise"))

        def _parse_transit(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transit_type_0 = datetime.datetime.fromisoformat(data)

                return transit_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        transit = _parse_transit(d.pop("transit"))

        def _parse_set_(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                set_type_0 = datetime.datetime.fromisoformat(data)

                return set_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        set_ = _parse_set_(d.pop("set"))

        next_passes = cls(
            rise=rise,
            transit=transit,
            set_=set_,
        )

        next_passes.additional_properties = d
        return next_passes

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
