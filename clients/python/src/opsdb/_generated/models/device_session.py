from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_session_token_type import (
    DeviceSessionTokenType,
    check_device_session_token_type,
)

T = TypeVar("T", bound="DeviceSession")


@_attrs_define
class DeviceSession:
    access_token: str
    """ For the header Authorization, kept in memory only. """
    token_type: DeviceSessionTokenType
    expires_in: int
    """ Seconds. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        access_token = self.access_token

        token_type: str = self.token_type

        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "access_token": access_token,
                "token_type": token_type,
                "expires_in": expires_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        access_token = d.pop("access_token")

        token_type = check_device_session_token_type(d.pop("token_type"))

        expires_in = d.pop("expires_in")

        device_session = cls(
            access_token=access_token,
            token_type=token_type,
            expires_in=expires_in,
        )

        device_session.additional_properties = d
        return device_session

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
