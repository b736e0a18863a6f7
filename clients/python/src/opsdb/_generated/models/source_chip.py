from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_kind import SourceKind, check_source_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.coordinates import Coordinates
    from ..models.sky_now import SkyNow


T = TypeVar("T", bound="SourceChip")


@_attrs_define
class SourceChip:
    id: int
    kind: SourceKind
    name: str
    coordinates: Coordinates | Unset = UNSET
    """ In the ICRS. Of a body of the solar system: where it is seen from the telescope at the time of the answer.
     """
    now: SkyNow | Unset = UNSET
    """ Where a source stands; nothing is refracted. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind: str = self.kind

        name = self.name

        coordinates: dict[str, Any] | Unset = UNSET
        if not isinstance(self.coordinates, Unset):
            coordinates = self.coordinates.to_dict()

        now: dict[str, Any] | Unset = UNSET
        if not isinstance(self.now, Unset):
            now = self.now.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
            }
        )
        if coordinates is not UNSET:
            field_dict["coordinates"] = coordinates
        if now is not UNSET:
            field_dict["now"] = now

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.coordinates import Coordinates
        from ..models.sky_now import SkyNow

        d = dict(src_dict)
        id = d.pop("id")

        kind = check_source_kind(d.pop("kind"))

        name = d.pop("name")

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

        source_chip = cls(
            id=id,
            kind=kind,
            name=name,
            coordinates=coordinates,
            now=now,
        )

        source_chip.additional_properties = d
        return source_chip

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
