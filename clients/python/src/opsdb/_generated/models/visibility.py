from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_kind import SourceKind, check_source_kind

if TYPE_CHECKING:
    from ..models.sky_accuracy import SkyAccuracy
    from ..models.sky_event import SkyEvent
    from ..models.sky_limits import SkyLimits
    from ..models.sky_track import SkyTrack
    from ..models.sky_window import SkyWindow


T = TypeVar("T", bound="Visibility")


@_attrs_define
class Visibility:
    source_id: int
    name: str
    kind: SourceKind
    from_: datetime.datetime
    to: datetime.datetime
    step_s: int
    limits: SkyLimits
    track: SkyTrack
    """ Columns of one length. Angles are in degrees. """
    windows: list[SkyWindow]
    observable_s: float
    """ The length of the windows in which it can be observed. """
    events: list[SkyEvent]
    """ Rise and set through the horizon, without refraction, and the highest points. """
    sun_events: list[SkyEvent]
    """ Rise and set of the upper limb of the Sun with refraction, and its highest points. """
    accuracy: SkyAccuracy
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source_id = self.source_id

        name = self.name

        kind: str = self.kind

        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        step_s = self.step_s

        limits = self.limits.to_dict()

        track = self.track.to_dict()

        windows = []
        for windows_item_data in self.windows:
            windows_item = windows_item_data.to_dict()
            windows.append(windows_item)

        observable_s = self.observable_s

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        sun_events = []
        for sun_events_item_data in self.sun_events:
            sun_events_item = sun_events_item_data.to_dict()
            sun_events.append(sun_events_item)

        accuracy = self.accuracy.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source_id": source_id,
                "name": name,
                "kind": kind,
                "from": from_,
                "to": to,
                "step_s": step_s,
                "limits": limits,
                "track": track,
                "windows": windows,
                "observable_s": observable_s,
                "events": events,
                "sun_events": sun_events,
                "accuracy": accuracy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sky_accuracy import SkyAccuracy
        from ..models.sky_event import SkyEvent
        from ..models.sky_limits import SkyLimits
        from ..models.sky_track import SkyTrack
        from ..models.sky_window import SkyWindow

        d = dict(src_dict)
        source_id = d.pop("source_id")

        name = d.pop("name")

        kind = check_source_kind(d.pop("kind"))

        from_ = datetime.datetime.fromisoformat(d.pop("from"))

        to = datetime.datetime.fromisoformat(d.pop("to"))

        step_s = d.pop("step_s")

        limits = SkyLimits.from_dict(d.pop("limits"))

        track = SkyTrack.from_dict(d.pop("track"))

        windows = []
        _windows = d.pop("windows")
        for windows_item_data in _windows:
            windows_item = SkyWindow.from_dict(windows_item_data)

            windows.append(windows_item)

        observable_s = d.pop("observable_s")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = SkyEvent.from_dict(events_item_data)

            events.append(events_item)

        sun_events = []
        _sun_events = d.pop("sun_events")
        for sun_events_item_data in _sun_events:
            sun_events_item = SkyEvent.from_dict(sun_events_item_data)

            sun_events.append(sun_events_item)

        accuracy = SkyAccuracy.from_dict(d.pop("accuracy"))

        visibility = cls(
            source_id=source_id,
            name=name,
            kind=kind,
            from_=from_,
            to=to,
            step_s=step_s,
            limits=limits,
            track=track,
            windows=windows,
            observable_s=observable_s,
            events=events,
            sun_events=sun_events,
            accuracy=accuracy,
        )

        visibility.additional_properties = d
        return visibility

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
