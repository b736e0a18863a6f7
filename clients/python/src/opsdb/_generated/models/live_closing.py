from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.live_closing_code import LiveClosingCode, check_live_closing_code
from ..models.live_closing_type import LiveClosingType, check_live_closing_type

T = TypeVar("T", bound="LiveClosing")


@_attrs_define
class LiveClosing:
    type_: LiveClosingType
    code: LiveClosingCode
    reason: str
    epoch: str
    """ Names a history; offsets of different ones have nothing to do with each other. """
    offset: int
    """ The number of an event in its topic; of a snapshot or a heartbeat, that of the last event before it. """

    def to_dict(self) -> dict[str, Any]:
        type_: str = self.type_

        code: int = self.code

        reason = self.reason

        epoch = self.epoch

        offset = self.offset

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "code": code,
                "reason": reason,
                "epoch": epoch,
                "offset": offset,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = check_live_closing_type(d.pop("type"))

        code = check_live_closing_code(d.pop("code"))

        reason = d.pop("reason")

        epoch = d.pop("epoch")

        offset = d.pop("offset")

        live_closing = cls(
            type_=type_,
            code=code,
            reason=reason,
            epoch=epoch,
            offset=offset,
        )

        return live_closing
