from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transaction_state import TransactionState, check_transaction_state

T = TypeVar("T", bound="EditReceipt")


@_attrs_define
class EditReceipt:
    transaction_id: UUID
    replaces: UUID
    status: TransactionState
    """ `buffered` on the site's disk; `executing`; `committed` in the main database; `replicated` in this site's
    copy of
    it; `parked` by a permanent error; `blocked` behind a parked one; `discarded` by a person.
     """
    accepted_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        transaction_id = str(self.transaction_id)

        replaces = str(self.replaces)

        status: str = self.status

        accepted_at = self.accepted_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "transaction_id": transaction_id,
                "replaces": replaces,
                "status": status,
                "accepted_at": accepted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        transaction_id = UUID(d.pop("transaction_id"))

        replaces = UUID(d.pop("replaces"))

        status = check_transaction_state(d.pop("status"))

        accepted_at = datetime.datetime.fromisoformat(d.pop("accepted_at"))

        edit_receipt = cls(
            transaction_id=transaction_id,
            replaces=replaces,
            status=status,
            accepted_at=accepted_at,
        )

        edit_receipt.additional_properties = d
        return edit_receipt

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
