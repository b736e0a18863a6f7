from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="HealthReplica")


@_attrs_define
class HealthReplica:
    """The copy of the main database that this site reads."""

    reachable: bool
    fresh: bool
    """ Younger than REFERENCE_FRESHNESS. """
    lagging: bool
    lag_bytes: int
    error: str | Unset = UNSET
    as_of: datetime.datetime | Unset = UNSET
    age_seconds: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reachable = self.reachable

        fresh = self.fresh

        lagging = self.lagging

        lag_bytes = self.lag_bytes

        error = self.error

        as_of: str | Unset = UNSET
        if not isinstance(self.as_of, Unset):
            as_of = self.as_of.isoformat()

        age_seconds = self.age_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reachable": reachable,
                "fresh": fresh,
                "lagging": lagging,
                "lag_bytes": lag_bytes,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if age_seconds is not UNSET:
            field_dict["age_seconds"] = age_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reachable = d.pop("reachable")

        fresh = d.pop("fresh")

        lagging = d.pop("lagging")

        lag_bytes = d.pop("lag_bytes")

        error = d.pop("error", UNSET)

        _as_of = d.pop("as_of", UNSET)
        as_of: datetime.datetime | Unset
        if isinstance(_as_of, Unset):
            as_of = UNSET
        else:
            as_of = datetime.datetime.fromisoformat(_as_of)

        age_seconds = d.pop("age_seconds", UNSET)

        health_replica = cls(
            reachable=reachable,
            fresh=fresh,
            lagging=lagging,
            lag_bytes=lag_bytes,
            error=error,
            as_of=as_of,
            age_seconds=age_seconds,
        )

        health_replica.additional_properties = d
        return health_replica

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
