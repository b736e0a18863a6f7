from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.transfer_reset_part import TransferResetPart, check_transfer_reset_part
from ..types import UNSET, Unset

T = TypeVar("T", bound="TransferReset")


@_attrs_define
class TransferReset:
    part: TransferResetPart | Unset = "transfer"
    """ What to try again. """

    def to_dict(self) -> dict[str, Any]:
        part: str | Unset = UNSET
        if not isinstance(self.part, Unset):
            part = self.part

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if part is not UNSET:
            field_dict["part"] = part

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _part = d.pop("part", UNSET)
        part: TransferResetPart | Unset
        if isinstance(_part, Unset):
            part = UNSET
        else:
            part = check_transfer_reset_part(_part)

        transfer_reset = cls(
            part=part,
        )

        return transfer_reset
