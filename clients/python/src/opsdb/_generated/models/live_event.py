from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.live_event_health import LiveEventHealth


T = TypeVar("T", bound="LiveEvent")


@_attrs_define
class LiveEvent:
    offset: int
    """ The number of an event in its topic; of a snapshot or a heartbeat, that of the last event before it. """
    at: datetime.datetime
    """ When it was written; for what this site has accepted, when it was. """
    record: str
    """ What has changed: the name of a table, `transaction` or `health`. """
    action: str
    """ `insert`, `update` or `delete` of a record; the state that a transaction came to; `change` of the health.
    """
    sync: str | Unset = UNSET
    """ How far the change has travelled, as in the records. """
    ids: list[UUID] | Unset = UNSET
    """ Of what has changed; many of one change are spread over several events. """
    health: LiveEventHealth | Unset = UNSET
    """ What `/health` answers. """

    def to_dict(self) -> dict[str, Any]:
        offset = self.offset

        at = self.at.isoformat()

        record = self.record

        action = self.action

        sync = self.sync

        ids: list[str] | Unset = UNSET
        if not isinstance(self.ids, Unset):
            ids = []
            for ids_item_data in self.ids:
                ids_item = str(ids_item_data)
                ids.append(ids_item)

        health: dict[str, Any] | Unset = UNSET
        if not isinstance(self.health, Unset):
            health = self.health.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "offset": offset,
                "at": at,
                "record": record,
                "action": action,
            }
        )
        if sync is not UNSET:
            field_dict["sync"] = sync
        if ids is not UNSET:
            field_dict["ids"] = ids
        if health is not UNSET:
            field_dict["health"] = health

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.live_event_health import LiveEventHealth

        d = dict(src_dict)
        offset = d.pop("offset")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        record = d.pop("record")

        action = d.pop("action")

        sync = d.pop("sync", UNSET)

        _ids = d.pop("ids", UNSET)
        ids: list[UUID] | Unset = UNSET
        if _ids is not UNSET:
            ids = []
            for ids_item_data in _ids:
                ids_item = UUID(ids_item_data)

                ids.append(ids_item)

        _health = d.pop("health", UNSET)
        health: LiveEventHealth | Unset
        if isinstance(_health, Unset):
            health = UNSET
        else:
            health = LiveEventHealth.from_dict(_health)

        live_event = cls(
            offset=offset,
            at=at,
            record=record,
            action=action,
            sync=sync,
            ids=ids,
            health=health,
        )

        return live_event
