from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.access_action import AccessAction, check_access_action
from ..models.sync_state import SyncState, check_sync_state

if TYPE_CHECKING:
    from ..models.access_event_detail import AccessEventDetail


T = TypeVar("T", bound="AccessEvent")


@_attrs_define
class AccessEvent:
    """One entry of the audit trail."""

    id: UUID
    at: datetime.datetime
    site: str
    """ Where it happened. """
    actor: str
    """ Login name of who did it. """
    address: str
    """ From where; empty when it is not known. """
    action: AccessAction
    """ What happened to what. """
    user_id: None | UUID
    """ Whom it concerns. """
    token_id: None | UUID
    """ Which token it concerns. """
    detail: AccessEventDetail
    """ More, never a secret. """
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        at = self.at.isoformat()

        site = self.site

        actor = self.actor

        address = self.address

        action: str = self.action

        user_id: None | str
        if isinstance(self.user_id, UUID):
            user_id = str(self.user_id)
        else:
            user_id = self.user_id

        token_id: None | str
        if isinstance(self.token_id, UUID):
            token_id = str(self.token_id)
        else:
            token_id = self.token_id

        detail = self.detail.to_dict()

        sync: str = self.sync

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "at": at,
                "site": site,
                "actor": actor,
                "address": address,
                "action": action,
                "user_id": user_id,
                "token_id": token_id,
                "detail": detail,
                "sync": sync,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.access_event_detail import AccessEventDetail

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        site = d.pop("site")

        actor = d.pop("actor")

        address = d.pop("address")

        action = check_access_action(d.pop("action"))

        def _parse_user_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                user_id_type_0 = UUID(data)

                return user_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        user_id = _parse_user_id(d.pop("user_id"))

        def _parse_token_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                token_id_type_0 = UUID(data)

                return token_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        token_id = _parse_token_id(d.pop("token_id"))

        detail = AccessEventDetail.from_dict(d.pop("detail"))

        sync = check_sync_state(d.pop("sync"))

        access_event = cls(
            id=id,
            at=at,
            site=site,
            actor=actor,
            address=address,
            action=action,
            user_id=user_id,
            token_id=token_id,
            detail=detail,
            sync=sync,
        )

        access_event.additional_properties = d
        return access_event

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
