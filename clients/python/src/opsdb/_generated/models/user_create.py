from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.role_name import RoleName, check_role_name
from ..types import UNSET, Unset

T = TypeVar("T", bound="UserCreate")


@_attrs_define
class UserCreate:
    name: str
    """ A login name. """
    id: UUID | Unset = UNSET
    full_name: str | Unset = UNSET
    email: str | Unset = UNSET
    github_login: str | Unset = UNSET
    """ A GitHub account, in lower case; empty for none. """
    roles: list[RoleName] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        id: str | Unset = UNSET
        if not isinstance(self.id, Unset):
            id = str(self.id)

        full_name = self.full_name

        email = self.email

        github_login = self.github_login

        roles: list[str] | Unset = UNSET
        if not isinstance(self.roles, Unset):
            roles = []
            for roles_item_data in self.roles:
                roles_item: str = roles_item_data
                roles.append(roles_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if full_name is not UNSET:
            field_dict["full_name"] = full_name
        if email is not UNSET:
            field_dict["email"] = email
        if github_login is not UNSET:
            field_dict["github_login"] = github_login
        if roles is not UNSET:
            field_dict["roles"] = roles

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        _id = d.pop("id", UNSET)
        id: UUID | Unset
        if isinstance(_id, Unset):
            id = UNSET
        else:
            id = UUID(_id)

        full_name = d.pop("full_name", UNSET)

        email = d.pop("email", UNSET)

        github_login = d.pop("github_login", UNSET)

        _roles = d.pop("roles", UNSET)
        roles: list[RoleName] | Unset = UNSET
        if _roles is not UNSET:
            roles = []
            for roles_item_data in _roles:
                roles_item = check_role_name(roles_item_data)

                roles.append(roles_item)

        user_create = cls(
            name=name,
            id=id,
            full_name=full_name,
            email=email,
            github_login=github_login,
            roles=roles,
        )

        return user_create
