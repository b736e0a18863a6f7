from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TransactionDiscard")


@_attrs_define
class TransactionDiscard:
    reason: str
    cascade: bool | Unset = False
    """ Also discard what waits behind it. """

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        cascade = self.cascade

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if cascade is not UNSET:
            field_dict["cascade"] = cascade

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        cascade = d.pop("cascade", UNSET)

        transaction_discard = cls(
            reason=reason,
            cascade=cascade,
        )

        return transaction_discard
