from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.credential_kind import CredentialKind, check_credential_kind

T = TypeVar("T", bound="SessionInfo")


@_attrs_define
class SessionInfo:
    id: UUID
    started_at: datetime.datetime
    renewed_at: datetime.datetime
    expires_at: datetime.datetime
    address: str
    user_agent: str
    credential: CredentialKind
    """ What the caller is let in by. """
    current: bool
    """ Whether this request came with it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        started_at = self.started_at.isoformat()

        renewed_at = self.renewed_at.isoformat()

        expires_at = self.expires_at.isoformat()

        address = self.address

        user_agent = self.user_agent

        credential: str = self.credential

        current = self.current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "started_at": started_at,
                "renewed_at": renewed_at,
                "expires_at": expires_at,
                "address": address,
                "user_agent": user_agent,
                "credential": credential,
                "current": current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        renewed_at = datetime.datetime.fromisoformat(d.pop("renewed_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        address = d.pop("address")

        user_agent = d.pop("user_agent")

        credential = check_credential_kind(d.pop("credential"))

        current = d.pop("current")

        session_info = cls(
            id=id,
            started_at=started_at,
            renewed_at=renewed_at,
            expires_at=expires_at,
            address=address,
            user_agent=user_agent,
            credential=credential,
            current=current,
        )

        session_info.additional_properties = d
        return session_info

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
