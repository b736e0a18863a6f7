from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.references import References, check_references
from ..models.transaction_state import TransactionState, check_transaction_state

T = TypeVar("T", bound="WriteReceipt")


@_attrs_define
class WriteReceipt:
    """Answer to a write of one record.

    Example:
        {'id': '0198f2c4-6a00-7cc3-98c4-dc0c0c07398f', 'transaction_id': '0198f2c4-6a01-7f2b-8a0e-6a1d7f4b2c10',
            'status': 'buffered', 'references': 'verified', 'accepted_at': '2026-07-15T11:20:00.004211Z'}

    """

    id: UUID
    transaction_id: UUID
    status: TransactionState
    """ `buffered` on the site's disk; `executing`; `committed` in the main database; `replicated` in this site's
    copy of
    it; `parked` by a permanent error; `blocked` behind a parked one; `discarded` by a person.
     """
    references: References
    """ Whether every record this write refers to is known. `unverified` ones are checked when the write is
    executed.
     """
    accepted_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        transaction_id = str(self.transaction_id)

        status: str = self.status

        references: str = self.references

        accepted_at = self.accepted_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "transaction_id": transaction_id,
                "status": status,
                "references": references,
                "accepted_at": accepted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        transaction_id = UUID(d.pop("transaction_id"))

        status = check_transaction_state(d.pop("status"))

        references = check_references(d.pop("references"))

        accepted_at = datetime.datetime.fromisoformat(d.pop("accepted_at"))

        write_receipt = cls(
            id=id,
            transaction_id=transaction_id,
            status=status,
            references=references,
            accepted_at=accepted_at,
        )

        write_receipt.additional_properties = d
        return write_receipt

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
