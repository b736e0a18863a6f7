from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="HealthExecutor")


@_attrs_define
class HealthExecutor:
    state: str
    alarm: str
    """ What a person must look at; empty when nothing. """
    transactions_processed: int
    detail: str | Unset = UNSET
    """ Why. """
    holder: str | Unset = UNSET
    last_run: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state

        alarm = self.alarm

        transactions_processed = self.transactions_processed

        detail = self.detail

        holder = self.holder

        last_run: str | Unset = UNSET
        if not isinstance(self.last_run, Unset):
            last_run = self.last_run.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "alarm": alarm,
                "transactions_processed": transactions_processed,
            }
        )
        if detail is not UNSET:
            field_dict["detail"] = detail
        if holder is not UNSET:
            field_dict["holder"] = holder
        if last_run is not UNSET:
            field_dict["last_run"] = last_run

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = d.pop("state")

        alarm = d.pop("alarm")

        transactions_processed = d.pop("transactions_processed")

        detail = d.pop("detail", UNSET)

        holder = d.pop("holder", UNSET)

        _last_run = d.pop("last_run", UNSET)
        last_run: datetime.datetime | Unset
        if isinstance(_last_run, Unset):
            last_run = UNSET
        else:
            last_run = datetime.datetime.fromisoformat(_last_run)

        health_executor = cls(
            state=state,
            alarm=alarm,
            transactions_processed=transactions_processed,
            detail=detail,
            holder=holder,
            last_run=last_run,
        )

        health_executor.additional_properties = d
        return health_executor

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
