from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.references import References, check_references
from ..models.transaction_state import TransactionState, check_transaction_state

T = TypeVar("T", bound="BulkReceipt")


@_attrs_define
class BulkReceipt:
    """Answer to a write of many records.

    Example:
        {'count': 2, 'status': 'buffered', 'transaction_id': '0198f2c4-7f10-7b1e-a54d-3c1f7a0b9d21', 'references':
            'verified', 'accepted_at': '2026-07-15T11:21:00.123456Z', 'ids': ['0198f2c4-7f10-7b1e-a54d-3c1f7a0b9d22',
            '0198f2c4-7f10-7b1e-a54d-3c1f7a0b9d23']}

    """

    count: int
    """ Records in this transaction. """
    status: TransactionState
    """ `buffered` on the site's disk; `executing`; `committed` in the main database; `replicated` in this site's
    copy of
    it; `parked` by a permanent error; `blocked` behind a parked one; `discarded` by a person.
     """
    transaction_id: UUID
    references: References
    """ Whether every record this write refers to is known. `unverified` ones are checked when the write is
    executed.
     """
    accepted_at: datetime.datetime
    ids: list[UUID]
    """ The ids of the records in the order of the request. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        status: str = self.status

        transaction_id = str(self.transaction_id)

        references: str = self.references

        accepted_at = self.accepted_at.isoformat()

        ids = []
        for ids_item_data in self.ids:
            ids_item = str(ids_item_data)
            ids.append(ids_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "status": status,
                "transaction_id": transaction_id,
                "references": references,
                "accepted_at": accepted_at,
                "ids": ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        status = check_transaction_state(d.pop("status"))

        transaction_id = UUID(d.pop("transaction_id"))

        references = check_references(d.pop("references"))

        accepted_at = datetime.datetime.fromisoformat(d.pop("accepted_at"))

        ids = []
        _ids = d.pop("ids")
        for ids_item_data in _ids:
            ids_item = UUID(ids_item_data)

            ids.append(ids_item)

        bulk_receipt = cls(
            count=count,
            status=status,
            transaction_id=transaction_id,
            references=references,
            accepted_at=accepted_at,
            ids=ids,
        )

        bulk_receipt.additional_properties = d
        return bulk_receipt

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
