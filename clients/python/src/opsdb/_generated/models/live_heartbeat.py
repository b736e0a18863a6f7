from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.live_heartbeat_type import LiveHeartbeatType, check_live_heartbeat_type

T = TypeVar("T", bound="LiveHeartbeat")


@_attrs_define
class LiveHeartbeat:
    type_: LiveHeartbeatType
    epoch: str
    """ Names a history; offsets of different ones have nothing to do with each other. """
    offset: int
    """ The number of an event in its topic; of a snapshot or a heartbeat, that of the last event before it. """
    at: datetime.datetime
    """ The clock of the server. """

    def to_dict(self) -> dict[str, Any]:
        type_: str = self.type_

        epoch = self.epoch

        offset = self.offset

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "epoch": epoch,
                "offset": offset,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = check_live_heartbeat_type(d.pop("type"))

        epoch = d.pop("epoch")

        offset = d.pop("offset")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        live_heartbeat = cls(
            type_=type_,
            epoch=epoch,
            offset=offset,
            at=at,
        )

        return live_heartbeat
