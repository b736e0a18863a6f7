from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="HealthBuffer")


@_attrs_define
class HealthBuffer:
    size: int
    """ Accepted and not yet executed. """
    failed: int
    """ Parked. """
    blocked: int
    """ Waiting behind a parked one. """
    unreplicated: int
    """ Executed and not yet in this site's copy of the main database. """
    capacity: int
    """ TRANSACTION_BUFFER_SIZE; above it the site is degraded and accepts on. """
    oldest_unapplied_seconds: float | Unset = UNSET
    oldest_unreplicated_seconds: float | Unset = UNSET
    days_left: float | Unset = UNSET
    """ Until the buffer is full at the present rate. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        size = self.size

        failed = self.failed

        blocked = self.blocked

        unreplicated = self.unreplicated

        capacity = self.capacity

        oldest_unapplied_seconds = self.oldest_unapplied_seconds

        oldest_unreplicated_seconds = self.oldest_unreplicated_seconds

        days_left = self.days_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "size": size,
                "failed": failed,
                "blocked": blocked,
                "unreplicated": unreplicated,
                "capacity": capacity,
            }
        )
        if oldest_unapplied_seconds is not UNSET:
            field_dict["oldest_unapplied_seconds"] = oldest_unapplied_seconds
        if oldest_unreplicated_seconds is not UNSET:
            field_dict["oldest_unreplicated_seconds"] = oldest_unreplicated_seconds
        if days_left is not UNSET:
            field_dict["days_left"] = days_left

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        size = d.pop("size")

        failed = d.pop("failed")

        blocked = d.pop("blocked")

        unreplicated = d.pop("unreplicated")

        capacity = d.pop("capacity")

        oldest_unapplied_seconds = d.pop("oldest_unapplied_seconds", UNSET)

        oldest_unreplicated_seconds = d.pop("oldest_unreplicated_seconds", UNSET)

        days_left = d.pop("days_left", UNSET)

        health_buffer = cls(
            size=size,
            failed=failed,
            blocked=blocked,
            unreplicated=unreplicated,
            capacity=capacity,
            oldest_unapplied_seconds=oldest_unapplied_seconds,
            oldest_unreplicated_seconds=oldest_unreplicated_seconds,
            days_left=days_left,
        )

        health_buffer.additional_properties = d
        return health_buffer

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
