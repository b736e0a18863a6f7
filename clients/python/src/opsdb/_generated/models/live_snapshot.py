from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.live_snapshot_type import LiveSnapshotType, check_live_snapshot_type
from ..models.live_topic import LiveTopic, check_live_topic
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.live_snapshot_data import LiveSnapshotData


T = TypeVar("T", bound="LiveSnapshot")


@_attrs_define
class LiveSnapshot:
    type_: LiveSnapshotType
    topic: LiveTopic
    epoch: str
    """ Names a history; offsets of different ones have nothing to do with each other. """
    offset: int
    """ The number of an event in its topic; of a snapshot or a heartbeat, that of the last event before it. """
    recovered: bool
    """ true: everything after the offset that was asked for follows, and there is no `data`. """
    data: LiveSnapshotData | Unset = UNSET
    """ What the topic is like, at or after this offset. """

    def to_dict(self) -> dict[str, Any]:
        type_: str = self.type_

        topic: str = self.topic

        epoch = self.epoch

        offset = self.offset

        recovered = self.recovered

        data: dict[str, Any] | Unset = UNSET
        if not isinstance(self.data, Unset):
            data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "topic": topic,
                "epoch": epoch,
                "offset": offset,
                "recovered": recovered,
            }
        )
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.live_snapshot_data import LiveSnapshotData

        d = dict(src_dict)
        type_ = check_live_snapshot_type(d.pop("type"))

        topic = check_live_topic(d.pop("topic"))

        epoch = d.pop("epoch")

        offset = d.pop("offset")

        recovered = d.pop("recovered")

        _data = d.pop("data", UNSET)
        data: LiveSnapshotData | Unset
        if isinstance(_data, Unset):
            data = UNSET
        else:
            data = LiveSnapshotData.from_dict(_data)

        live_snapshot = cls(
            type_=type_,
            topic=topic,
            epoch=epoch,
            offset=offset,
            recovered=recovered,
            data=data,
        )

        return live_snapshot
