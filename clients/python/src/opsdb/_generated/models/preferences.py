from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.preferences_coordinates import (
    PreferencesCoordinates,
    check_preferences_coordinates,
)
from ..models.preferences_theme import PreferencesTheme, check_preferences_theme
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.preferences_layout import PreferencesLayout
    from ..models.preferences_notifications import PreferencesNotifications


T = TypeVar("T", bound="Preferences")


@_attrs_define
class Preferences:
    """What a person wants the web pages to look like. Only what is set is in it."""

    theme: PreferencesTheme | Unset = UNSET
    time_zone: str | Unset = UNSET
    """ A name of the IANA database, or `site`. """
    coordinates: PreferencesCoordinates | Unset = UNSET
    page_size: int | Unset = UNSET
    favourite_sources: list[int] | Unset = UNSET
    favourite_programs: list[int] | Unset = UNSET
    notifications: PreferencesNotifications | Unset = UNSET
    layout: PreferencesLayout | Unset = UNSET
    """ Free JSON of the pages, by page. """

    def to_dict(self) -> dict[str, Any]:
        theme: str | Unset = UNSET
        if not isinstance(self.theme, Unset):
            theme = self.theme

        time_zone = self.time_zone

        coordinates: str | Unset = UNSET
        if not isinstance(self.coordinates, Unset):
            coordinates = self.coordinates

        page_size = self.page_size

        favourite_sources: list[int] | Unset = UNSET
        if not isinstance(self.favourite_sources, Unset):
            favourite_sources = self.favourite_sources

        favourite_programs: list[int] | Unset = UNSET
        if not isinstance(self.favourite_programs, Unset):
            favourite_programs = self.favourite_programs

        notifications: dict[str, Any] | Unset = UNSET
        if not isinstance(self.notifications, Unset):
            notifications = self.notifications.to_dict()

        layout: dict[str, Any] | Unset = UNSET
        if not isinstance(self.layout, Unset):
            layout = self.layout.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if theme is not UNSET:
            field_dict["theme"] = theme
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if coordinates is not UNSET:
            field_dict["coordinates"] = coordinates
        if page_size is not UNSET:
            field_dict["page_size"] = page_size
        if favourite_sources is not UNSET:
            field_dict["favourite_sources"] = favourite_sources
        if favourite_programs is not UNSET:
            field_dict["favourite_programs"] = favourite_programs
        if notifications is not UNSET:
            field_dict["notifications"] = notifications
        if layout is not UNSET:
            field_dict["layout"] = layout

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preferences_layout import PreferencesLayout
        from ..models.preferences_notifications import PreferencesNotifications

        d = dict(src_dict)
        _theme = d.pop("theme", UNSET)
        theme: PreferencesTheme | Unset
        if isinstance(_theme, Unset):
            theme = UNSET
        else:
            theme = check_preferences_theme(_theme)

        time_zone = d.pop("time_zone", UNSET)

        _coordinates = d.pop("coordinates", UNSET)
        coordinates: PreferencesCoordinates | Unset
        if isinstance(_coordinates, Unset):
            coordinates = UNSET
        else:
            coordinates = check_preferences_coordinates(_coordinates)

        page_size = d.pop("page_size", UNSET)

        favourite_sources = cast(list[int], d.pop("favourite_sources", UNSET))

        favourite_programs = cast(list[int], d.pop("favourite_programs", UNSET))

        _notifications = d.pop("notifications", UNSET)
        notifications: PreferencesNotifications | Unset
        if isinstance(_notifications, Unset):
            notifications = UNSET
        else:
            notifications = PreferencesNotifications.from_dict(_notifications)

        _layout = d.pop("layout", UNSET)
        layout: PreferencesLayout | Unset
        if isinstance(_layout, Unset):
            layout = UNSET
        else:
            layout = PreferencesLayout.from_dict(_layout)

        preferences = cls(
            theme=theme,
            time_zone=time_zone,
            coordinates=coordinates,
            page_size=page_size,
            favourite_sources=favourite_sources,
            favourite_programs=favourite_programs,
            notifications=notifications,
            layout=layout,
        )

        return preferences
