from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.safe_to_delete_reasons_item import (
    SafeToDeleteReasonsItem,
    check_safe_to_delete_reasons_item,
)

T = TypeVar("T", bound="SafeToDelete")


@_attrs_define
class SafeToDelete:
    raw_data_file_id: UUID
    safe: bool
    min_copies: int
    verified_copies: int
    """ Present and verified, outside the places where data are recorded. """
    in_long_term_archive: bool
    """ Whether one of them is in a long-term archive. """
    archived: bool
    """ Whether the package of the file is archived. """
    reasons: list[SafeToDeleteReasonsItem]
    """ Why not; empty when it is safe. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        raw_data_file_id = str(self.raw_data_file_id)

        safe = self.safe

        min_copies = self.min_copies

        verified_copies = self.verified_copies

        in_long_term_archive = self.in_long_term_archive

        archived = self.archived

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item: str = reasons_item_data
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "raw_data_file_id": raw_data_file_id,
                "safe": safe,
                "min_copies": min_copies,
                "verified_copies": verified_copies,
                "in_long_term_archive": in_long_term_archive,
                "archived": archived,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        raw_data_file_id = UUID(d.pop("raw_data_file_id"))

        safe = d.pop("safe")

        min_copies = d.pop("min_copies")

        verified_copies = d.pop("verified_copies")

        in_long_term_archive = d.pop("in_long_term_archive")

        archived = d.pop("archived")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = check_safe_to_delete_reasons_item(reasons_item_data)

            reasons.append(reasons_item)

        safe_to_delete = cls(
            raw_data_file_id=raw_data_file_id,
            safe=safe,
            min_copies=min_copies,
            verified_copies=verified_copies,
            in_long_term_archive=in_long_term_archive,
            archived=archived,
            reasons=reasons,
        )

        safe_to_delete.additional_properties = d
        return safe_to_delete

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
