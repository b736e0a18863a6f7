from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.session_token_type import SessionTokenType, check_session_token_type

T = TypeVar("T", bound="Session")


@_attrs_define
class Session:
    access_token: str
    """ For the header Authorization, kept in memory only. """
    token_type: SessionTokenType
    expires_in: int
    """ Seconds. """
    session_expires_at: datetime.datetime
    """ Until then it can be renewed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        access_token = self.access_token

        token_type: str = self.token_type

        expires_in = self.expires_in

        session_expires_at = self.session_expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "access_token": access_token,
                "token_type": token_type,
                "expires_in": expires_in,
                "session_expires_at": session_expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        access_token = d.pop("access_token")

        token_type = check_session_token_type(d.pop("token_type"))

        expires_in = d.pop("expires_in")

        session_expires_at = datetime.datetime.fromisoformat(d.pop("session_expires_at"))

        session = cls(
            access_token=access_token,
            token_type=token_type,
            expires_in=expires_in,
            session_expires_at=session_expires_at,
        )

        session.additional_properties = d
        return session

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
