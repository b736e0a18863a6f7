from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.live_events_type import LiveEventsType, check_live_events_type

if TYPE_CHECKING:
    from ..models.live_event import LiveEvent


T = TypeVar("T", bound="LiveEvents")


@_attrs_define
class LiveEvents:
    type_: LiveEventsType
    epoch: str
    """ Names a history; offsets of different ones have nothing to do with each other. """
    events: list[LiveEvent]

    def to_dict(self) -> dict[str, Any]:
        type_: str = self.type_

        epoch = self.epoch

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "epoch": epoch,
                "events": events,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.live_event import LiveEvent

        d = dict(src_dict)
        type_ = check_live_events_type(d.pop("type"))

        epoch = d.pop("epoch")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = LiveEvent.from_dict(events_item_data)

            events.append(events_item)

        live_events = cls(
            type_=type_,
            epoch=epoch,
            events=events,
        )

        return live_events
