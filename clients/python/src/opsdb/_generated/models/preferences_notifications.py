from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PreferencesNotifications")


@_attrs_define
class PreferencesNotifications:
    parked: bool | Unset = UNSET
    """ When a write is parked. """
    lagging: bool | Unset = UNSET
    """ When a site falls behind. """
    stalled: bool | Unset = UNSET
    """ When a transfer does not go on. """

    def to_dict(self) -> dict[str, Any]:
        parked = self.parked

        lagging = self.lagging

        stalled = self.stalled

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if parked is not UNSET:
            field_dict["parked"] = parked
        if lagging is not UNSET:
            field_dict["lagging"] = lagging
        if stalled is not UNSET:
            field_dict["stalled"] = stalled

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        parked = d.pop("parked", UNSET)

        lagging = d.pop("lagging", UNSET)

        stalled = d.pop("stalled", UNSET)

        preferences_notifications = cls(
            parked=parked,
            lagging=lagging,
            stalled=stalled,
        )

        return preferences_notifications
