from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BufferStats")


@_attrs_define
class BufferStats:
    pending_transactions: int
    """ Accepted and not yet executed. """
    failed_transactions: int
    """ Parked: stopped by a permanent error until a person decides. """
    processing_rate: float
    """ Transactions executed a second, over the last minute. """
    average_execution_time_ms: float
    retrying: int
    """ Failed with attempts left. """
    unreplicated: int
    """ Executed and not yet in this site's copy of the main database. """
    blocked: int
    """ Waiting behind a parked one. """
    processed: int
    """ Executed since the present executor started. """
    executor: str
    """ What the executor of this site does. """
    alarm: str
    """ What a person must look at; empty when nothing. """
    lagging: bool
    """ Replication takes longer than LSN_TIMEOUT. """
    lag_bytes: int
    """ How far the copy is behind the main database. """
    redis_used_bytes: int
    redis_max_bytes: int
    last_run: datetime.datetime | Unset = UNSET
    oldest_unapplied: datetime.datetime | Unset = UNSET
    oldest_unapplied_seconds: float | Unset = UNSET
    oldest_unreplicated: datetime.datetime | Unset = UNSET
    oldest_unreplicated_seconds: float | Unset = UNSET
    eta_seconds: float | Unset = UNSET
    """ When the backlog ends at the present rate. """
    executor_detail: str | Unset = UNSET
    """ Why it does that. """
    executor_holder: str | Unset = UNSET
    """ The process that executes for this site. """
    days_left: float | Unset = UNSET
    """ Until the buffer is full at the present rate. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pending_transactions = self.pending_transactions

        failed_transactions = self.failed_transactions

        processing_rate = self.processing_rate

        average_execution_time_ms = self.average_execution_time_ms

        retrying = self.retrying

        unreplicated = self.unreplicated

        blocked = self.blocked

        processed = self.processed

        executor = self.executor

        alarm = self.alarm

        lagging = self.lagging

        lag_bytes = self.lag_bytes

        redis_used_bytes = self.redis_used_bytes

        redis_max_bytes = self.redis_max_bytes

        last_run: str | Unset = UNSET
        if not isinstance(self.last_run, Unset):
            last_run = self.last_run.isoformat()

        oldest_unapplied: str | Unset = UNSET
        if not isinstance(self.oldest_unapplied, Unset):
            oldest_unapplied = self.oldest_unapplied.isoformat()

        oldest_unapplied_seconds = self.oldest_unapplied_seconds

        oldest_unreplicated: str | Unset = UNSET
        if not isinstance(self.oldest_unreplicated, Unset):
            oldest_unreplicated = self.oldest_unreplicated.isoformat()

        oldest_unreplicated_seconds = self.oldest_unreplicated_seconds

        eta_seconds = self.eta_seconds

        executor_detail = self.executor_detail

        executor_holder = self.executor_holder

        days_left = self.days_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "pending_transactions": pending_transactions,
                "failed_transactions": failed_transactions,
                "processing_rate": processing_rate,
                "average_execution_time_ms": average_execution_time_ms,
                "retrying": retrying,
                "unreplicated": unreplicated,
                "blocked": blocked,
                "processed": processed,
                "executor": executor,
                "alarm": alarm,
                "lagging": lagging,
                "lag_bytes": lag_bytes,
                "redis_used_bytes": redis_used_bytes,
                "redis_max_bytes": redis_max_bytes,
            }
        )
        if last_run is not UNSET:
            field_dict["last_run"] = last_run
        if oldest_unapplied is not UNSET:
            field_dict["oldest_unapplied"] = oldest_unapplied
        if oldest_unapplied_seconds is not UNSET:
            field_dict["oldest_unapplied_seconds"] = oldest_unapplied_seconds
        if oldest_unreplicated is not UNSET:
            field_dict["oldest_unreplicated"] = oldest_unreplicated
        if oldest_unreplicated_seconds is not UNSET:
            field_dict["oldest_unreplicated_seconds"] = oldest_unreplicated_seconds
        if eta_seconds is not UNSET:
            field_dict["eta_seconds"] = eta_seconds
        if executor_detail is not UNSET:
            field_dict["executor_detail"] = executor_detail
        if executor_holder is not UNSET:
            field_dict["executor_holder"] = executor_holder
        if days_left is not UNSET:
            field_dict["days_left"] = days_left

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pending_transactions = d.pop("pending_transactions")

        failed_transactions = d.pop("failed_transactions")

        processing_rate = d.pop("processing_rate")

        average_execution_time_ms = d.pop("average_execution_time_ms")

        retrying = d.pop("retrying")

        unreplicated = d.pop("unreplicated")

        blocked = d.pop("blocked")

        processed = d.pop("processed")

        executor = d.pop("executor")

        alarm = d.pop("alarm")

        lagging = d.pop("lagging")

        lag_bytes = d.pop("lag_bytes")

        redis_used_bytes = d.pop("redis_used_bytes")

        redis_max_bytes = d.pop("redis_max_bytes")

        _last_run = d.pop("last_run", UNSET)
        last_run: datetime.datetime | Unset
        if isinstance(_last_run, Unset):
            last_run = UNSET
        else:
            last_run = datetime.datetime.fromisoformat(_last_run)

        _oldest_unapplied = d.pop("oldest_unapplied", UNSET)
        oldest_unapplied: datetime.datetime | Unset
        if isinstance(_oldest_unapplied, Unset):
            oldest_unapplied = UNSET
        else:
            oldest_unapplied = datetime.datetime.fromisoformat(_oldest_unapplied)

        oldest_unapplied_seconds = d.pop("oldest_unapplied_seconds", UNSET)

        _oldest_unreplicated = d.pop("oldest_unreplicated", UNSET)
        oldest_unreplicated: datetime.datetime | Unset
        if isinstance(_oldest_unreplicated, Unset):
            oldest_unreplicated = UNSET
        else:
            oldest_unreplicated = datetime.datetime.fromisoformat(_oldest_unreplicated)

        oldest_unreplicated_seconds = d.pop("oldest_unreplicated_seconds", UNSET)

        eta_seconds = d.pop("eta_seconds", UNSET)

        executor_detail = d.pop("executor_detail", UNSET)

        executor_holder = d.pop("executor_holder", UNSET)

        days_left = d.pop("days_left", UNSET)

        buffer_stats = cls(
            pending_transactions=pending_transactions,
            failed_transactions=failed_transactions,
            processing_rate=processing_rate,
            average_execution_time_ms=average_execution_time_ms,
            retrying=retrying,
            unreplicated=unreplicated,
            blocked=blocked,
            processed=processed,
            executor=executor,
            alarm=alarm,
            lagging=lagging,
            lag_bytes=lag_bytes,
            redis_used_bytes=redis_used_bytes,
            redis_max_bytes=redis_max_bytes,
            last_run=last_run,
            oldest_unapplied=oldest_unapplied,
            oldest_unapplied_seconds=oldest_unapplied_seconds,
            oldest_unreplicated=oldest_unreplicated,
            oldest_unreplicated_seconds=oldest_unreplicated_seconds,
            eta_seconds=eta_seconds,
            executor_detail=executor_detail,
            executor_holder=executor_holder,
            days_left=days_left,
        )

        buffer_stats.additional_properties = d
        return buffer_stats

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
