from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_kind import SourceKind, check_source_kind

T = TypeVar("T", bound="HeatmapRow")


@_attrs_define
class HeatmapRow:
    source_id: int
    name: str
    kind: SourceKind
    hours: list[float]
    """ How long it can be observed, one value for each column. """
    no_ephemeris: bool
    """ True for a body whose place cannot be computed here; then there are no hours. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source_id = self.source_id

        name = self.name

        kind: str = self.kind

        hours = self.hours

        no_ephemeris = self.no_ephemeris

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source_id": source_id,
                "name": name,
                "kind": kind,
                "hours": hours,
                "no_ephemeris": no_ephemeris,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source_id = d.pop("source_id")

        name = d.pop("name")

        kind = check_source_kind(d.pop("kind"))

        hours = cast(list[float], d.pop("hours"))

        no_ephemeris = d.pop("no_ephemeris")

        heatmap_row = cls(
            source_id=source_id,
            name=name,
            kind=kind,
            hours=hours,
            no_ephemeris=no_ephemeris,
        )

        heatmap_row.additional_properties = d
        return heatmap_row

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
