from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.route_type import RouteType, check_route_type

T = TypeVar("T", bound="Route")


@_attrs_define
class Route:
    """How data go from one site to another."""

    id: int
    name: str
    route_type: RouteType
    method: str
    """ The program that moves the data, such as bbcp. """
    origin_site_id: int
    destination_site_id: int
    relay_site_id: int | None
    """ The site between. """
    origin_location_id: int | None
    """ Null for the buffer of the site. """
    destination_location_id: int | None
    """ Null for the buffer of the site. """
    active: bool
    """ False when no transfer begins on it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        route_type: str = self.route_type

        method = self.method

        origin_site_id = self.origin_site_id

        destination_site_id = self.destination_site_id

        relay_site_id: int | None
        relay_site_id = self.relay_site_id

        origin_location_id: int | None
        origin_location_id = self.origin_location_id

        destination_location_id: int | None
        destination_location_id = self.destination_location_id

        active = self.active

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "route_type": route_type,
                "method": method,
                "origin_site_id": origin_site_id,
                "destination_site_id": destination_site_id,
                "relay_site_id": relay_site_id,
                "origin_location_id": origin_location_id,
                "destination_location_id": destination_location_id,
                "active": active,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        route_type = check_route_type(d.pop("route_type"))

        method = d.pop("method")

        origin_site_id = d.pop("origin_site_id")

        destination_site_id = d.pop("destination_site_id")

        def _parse_relay_site_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        relay_site_id = _parse_relay_site_id(d.pop("relay_site_id"))

        def _parse_origin_location_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        origin_location_id = _parse_origin_location_id(d.pop("origin_location_id"))

        def _parse_destination_location_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        destination_location_id = _parse_destination_location_id(d.pop("destination_location_id"))

        active = d.pop("active")

        route = cls(
            id=id,
            name=name,
            route_type=route_type,
            method=method,
            origin_site_id=origin_site_id,
            destination_site_id=destination_site_id,
            relay_site_id=relay_site_id,
            origin_location_id=origin_location_id,
            destination_location_id=destination_location_id,
            active=active,
        )

        route.additional_properties = d
        return route

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
