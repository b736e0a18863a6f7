from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.demo_role import DemoRole, check_demo_role
from ..types import UNSET, Unset

T = TypeVar("T", bound="DemoTokenCreate")


@_attrs_define
class DemoTokenCreate:
    role: DemoRole | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role: str | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if role is not UNSET:
            field_dict["role"] = role

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _role = d.pop("role", UNSET)
        role: DemoRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = check_demo_role(_role)

        demo_token_create = cls(
            role=role,
        )

        return demo_token_create
