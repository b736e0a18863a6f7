from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.credential_kind import CredentialKind, check_credential_kind
from ..models.role_name import RoleName, check_role_name
from ..types import UNSET, Unset

T = TypeVar("T", bound="Me")


@_attrs_define
class Me:
    """Who calls."""

    user_id: None | UUID
    """ Null for the operator for emergencies. """
    name: str
    full_name: str
    email: str
    roles: list[RoleName]
    permissions: list[str]
    """ What this credential permits now. """
    credential: CredentialKind
    """ What the caller is let in by. """
    expires_at: datetime.datetime | None
    """ When the credential ends. """
    token_id: UUID | Unset = UNSET
    session_id: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id: None | str
        if isinstance(self.user_id, UUID):
            user_id = str(self.user_id)
        else:
            user_id = self.user_id

        name = self.name

        full_name = self.full_name

        email = self.email

        roles = []
        for roles_item_data in self.roles:
            roles_item: str = roles_item_data
            roles.append(roles_item)

        permissions = self.permissions

        credential: str = self.credential

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        token_id: str | Unset = UNSET
        if not isinstance(self.token_id, Unset):
            token_id = str(self.token_id)

        session_id: str | Unset = UNSET
        if not isinstance(self.session_id, Unset):
            session_id = str(self.session_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
                "name": name,
                "full_name": full_name,
                "email": email,
                "roles": roles,
                "permissions": permissions,
                "credential": credential,
                "expires_at": expires_at,
            }
        )
        if token_id is not UNSET:
            field_dict["token_id"] = token_id
        if session_id is not UNSET:
            field_dict["session_id"] = session_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        name = d.pop("name")

        full_name = d.pop("full_name")

        email = d.pop("email")

        roles = []
        _roles = d.pop("roles")
        for roles_item_data in _roles:
            roles_item = check_role_name(roles_item_data)

            roles.append(roles_item)

        permissions = cast(list[str], d.pop("permissions"))

        credential = check_credential_kind(d.pop("credential"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        _token_id = d.pop("token_id", UNSET)
        token_id: UUID | Unset
        if isinstance(_token_id, Unset):
            token_id = UNSET
        else:
            token_id = UUID(_token_id)

        _session_id = d.pop("session_id", UNSET)
        session_id: UUID | Unset
        if isinstance(_session_id, Unset):
            session_id = UNSET
        else:
            session_id = UUID(_session_id)

        me = cls(
            user_id=user_id,
            name=name,
            full_name=full_name,
            email=email,
            roles=roles,
            permissions=permissions,
            credential=credential,
            expires_at=expires_at,
            token_id=token_id,
            session_id=session_id,
        )

        me.additional_properties = d
        return me

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
