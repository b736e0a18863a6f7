from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role_name import RoleName, check_role_name
from ..models.sync_state import SyncState, check_sync_state

T = TypeVar("T", bound="User")


@_attrs_define
class User:
    id: UUID
    name: str
    """ A login name. """
    full_name: str
    email: str
    github_login: None | str
    """ The GitHub account that signs in as the user. """
    roles: list[RoleName]
    """ Granted by administrators. """
    github_roles: list[RoleName]
    """ By the GitHub teams at the last sign-in. """
    created_at: datetime.datetime
    disabled_at: datetime.datetime | None
    signed_out_at: datetime.datetime | None
    """ Sessions that began before are over, and those that seem to have begun less than a minute after at a site
    that did not know. """
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        full_name = self.full_name

        email = self.email

        github_login: None | str
        github_login = self.github_login

        roles = []
        for roles_item_data in self.roles:
            roles_item: str = roles_item_data
            roles.append(roles_item)

        github_roles = []
        for github_roles_item_data in self.github_roles:
            github_roles_item: str = github_roles_item_data
            github_roles.append(github_roles_item)

        created_at = self.created_at.isoformat()

        disabled_at: None | str
        if isinstance(self.disabled_at, datetime.datetime):
            disabled_at = self.disabled_at.isoformat()
        else:
            disabled_at = self.disabled_at

        signed_out_at: None | str
        if isinstance(self.signed_out_at, datetime.datetime):
            signed_out_at = self.signed_out_at.isoformat()
        else:
            signed_out_at = self.signed_out_at

        sync: str = self.sync

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "full_name": full_name,
                "email": email,
                "github_login": github_login,
                "roles": roles,
                "github_roles": github_roles,
                "created_at": created_at,
                "disabled_at": disabled_at,
                "signed_out_at": signed_out_at,
                "sync": sync,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        full_name = d.pop("full_name")

        email = d.pop("email")

        def _parse_github_login(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        github_login = _parse_github_login(d.pop("github_login"))

        roles = []
        _roles = d.pop("roles")
        for roles_item_data in _roles:
            roles_item = check_role_name(roles_item_data)

            roles.append(roles_item)

        github_roles = []
        _github_roles = d.pop("github_roles")
        for github_roles_item_data in _github_roles:
            github_roles_item = check_role_name(github_roles_item_data)

            github_roles.append(github_roles_item)

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_disabled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_at_type_0 = datetime.datetime.fromisoformat(data)

                return disabled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        disabled_at = _parse_disabled_at(d.pop("disabled_at"))

        def _parse_signed_out_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                signed_out_at_type_0 = datetime.datetime.fromisoformat(data)

                return signed_out_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        signed_out_at = _parse_signed_out_at(d.pop("signed_out_at"))

        sync = check_sync_state(d.pop("sync"))

        user = cls(
            id=id,
            name=name,
            full_name=full_name,
            email=email,
            github_login=github_login,
            roles=roles,
            github_roles=github_roles,
            created_at=created_at,
            disabled_at=disabled_at,
            signed_out_at=signed_out_at,
            sync=sync,
        )

        user.additional_properties = d
        return user

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
