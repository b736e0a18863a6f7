from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RetryAll")


@_attrs_define
class RetryAll:
    sqlstate: str

    def to_dict(self) -> dict[str, Any]:
        sqlstate = self.sqlstate

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sqlstate": sqlstate,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sqlstate = d.pop("sqlstate")

        retry_all = cls(
            sqlstate=sqlstate,
        )

        return retry_all
