from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.parked_change_fields import ParkedChangeFields


T = TypeVar("T", bound="ParkedChange")


@_attrs_define
class ParkedChange:
    """A change that was refused and is not applied; a person decides about its transaction."""

    transaction_id: UUID
    kind: str
    fields: ParkedChangeFields
    error: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        transaction_id = str(self.transaction_id)

        kind = self.kind

        fields = self.fields.to_dict()

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "transaction_id": transaction_id,
                "kind": kind,
                "fields": fields,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.parked_change_fields import ParkedChangeFields

        d = dict(src_dict)
        transaction_id = UUID(d.pop("transaction_id"))

        kind = d.pop("kind")

        fields = ParkedChangeFields.from_dict(d.pop("fields"))

        error = d.pop("error")

        parked_change = cls(
            transaction_id=transaction_id,
            kind=kind,
            fields=fields,
            error=error,
        )

        parked_change.additional_properties = d
        return parked_change

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
