from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.coordinates import Coordinates
    from ..models.next_passes import NextPasses
    from ..models.sky_now import SkyNow
    from ..models.source import Source
    from ..models.source_unit import SourceUnit


T = TypeVar("T", bound="SourceDetails")


@_attrs_define
class SourceDetails:
    source: Source
    """ Where the telescope points. It has the part of its kind, and no other. """
    units: list[SourceUnit]
    """ The planned units that observe it, in order of their names; the first 100. """
    units_total: int
    executed_count: int
    """ Completed executions of all its units. """
    executed_s: float
    """ Their length together, in seconds. """
    coordinates: Coordinates | Unset = UNSET
    """ In the ICRS. Of a body of the solar system: where it is seen from the telescope at the time of the answer.
     """
    now: SkyNow | Unset = UNSET
    """ Where a source stands; nothing is refracted. """
    next_: NextPasses | Unset = UNSET
    """ Through the horizon and the highest point, from the time of the answer on; null when not within a day. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source.to_dict()

        units = []
        for units_item_data in self.units:
            units_item = units_item_data.to_dict()
            units.append(units_item)

        units_total = self.units_total

        executed_count = self.executed_count

        executed_s = self.executed_s

        coordinates: dict[str, Any] | Unset = UNSET
        if not isinstance(self.coordinates, Unset):
            coordinates = self.coordinates.to_dict()

        now: dict[str, Any] | Unset = UNSET
        if not isinstance(self.now, Unset):
            now = self.now.to_dict()

        next_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.next_, Unset):
            next_ = self.next_.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "units": units,
                "units_total": units_total,
                "executed_count": executed_count,
                "executed_s": executed_s,
            }
        )
        if coordinates is not UNSET:
            field_dict["coordinates"] = coordinates
        if now is not UNSET:
            field_dict["now"] = now
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.coordinates import Coordinates
        from ..models.next_passes import NextPasses
        from ..models.sky_now import SkyNow
        from ..models.source import Source
        from ..models.source_unit import SourceUnit

        d = dict(src_dict)
        source = Source.from_dict(d.pop("source"))

        units = []
        _units = d.pop("units")
        for units_item_data in _units:
            units_item = SourceUnit.from_dict(units_item_data)

            units.append(units_item)

        units_total = d.pop("units_total")

        executed_count = d.pop("executed_count")

        executed_s = d.pop("executed_s")

        _coordinates = d.pop("coordinates", UNSET)
        coordinates: Coordinates | Unset
        if isinstance(_coordinates, Unset):
            coordinates = UNSET
        else:
            coordinates = Coordinates.from_dict(_coordinates)

        _now = d.pop("now", UNSET)
        now: SkyNow | Unset
        if isinstance(_now, Unset):
            now = UNSET
        else:
            now = SkyNow.from_dict(_now)

        _next_ = d.pop("next", UNSET)
        next_: NextPasses | Unset
        if isinstance(_next_, Unset):
            next_ = UNSET
        else:
            next_ = NextPasses.from_dict(_next_)

        source_details = cls(
            source=source,
            units=units,
            units_total=units_total,
            executed_count=executed_count,
            executed_s=executed_s,
            coordinates=coordinates,
            now=now,
            next_=next_,
        )

        source_details.additional_properties = d
        return source_details

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
