from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="HealthIdentity")


@_attrs_define
class HealthIdentity:
    """How people are let in here. What is unusual is in `remarks`, too."""

    github: bool
    """ Whether people can sign in by GitHub. """
    break_glass: bool
    """ Whether the operator for emergencies can sign in. """
    break_glass_sessions: int
    """ Sessions of such operators that are in force. """
    demo_tokens: bool
    """ Whether everybody gets a token who asks for one. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        github = self.github

        break_glass = self.break_glass

        break_glass_sessions = self.break_glass_sessions

        demo_tokens = self.demo_tokens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "github": github,
                "break_glass": break_glass,
                "break_glass_sessions": break_glass_sessions,
                "demo_tokens": demo_tokens,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        github = d.pop("github")

        break_glass = d.pop("break_glass")

        break_glass_sessions = d.pop("break_glass_sessions")

        demo_tokens = d.pop("demo_tokens")

        health_identity = cls(
            github=github,
            break_glass=break_glass,
            break_glass_sessions=break_glass_sessions,
            demo_tokens=demo_tokens,
        )

        health_identity.additional_properties = d
        return health_identity

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
