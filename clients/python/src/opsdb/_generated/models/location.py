from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.location_type import LocationType, check_location_type
from ..models.storage_type import StorageType, check_storage_type

T = TypeVar("T", bound="Location")


@_attrs_define
class Location:
    """Where data can be. Credentials are with the programs that move them."""

    id: int
    site_id: int
    name: str
    location_type: LocationType
    """ A source is where data are recorded. """
    storage_type: StorageType
    priority: int
    """ Of the buffers of one site the active one with the highest is used. """
    active: bool
    """ False when nothing new goes there. """
    place: str
    """ Host and path of a disk, endpoint and bucket of an S3 storage, library and pool of tapes. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        site_id = self.site_id

        name = self.name

        location_type: str = self.location_type

        storage_type: str = self.storage_type

        priority = self.priority

        active = self.active

        place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "site_id": site_id,
                "name": name,
                "location_type": location_type,
                "storage_type": storage_type,
                "priority": priority,
                "active": active,
                "place": place,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        site_id = d.pop("site_id")

        name = d.pop("name")

        location_type = check_location_type(d.pop("location_type"))

        storage_type = check_storage_type(d.pop("storage_type"))

        priority = d.pop("priority")

        active = d.pop("active")

        place = d.pop("place")

        location = cls(
            id=id,
            site_id=site_id,
            name=name,
            location_type=location_type,
            storage_type=storage_type,
            priority=priority,
            active=active,
            place=place,
        )

        location.additional_properties = d
        return location

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
