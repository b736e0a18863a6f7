from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.pipeline_stage import PipelineStage
    from ..models.transfer import Transfer
    from ..models.transfer_failures import TransferFailures


T = TypeVar("T", bound="TransferOverview")


@_attrs_define
class TransferOverview:
    at: datetime.datetime
    """ When the figures were taken. """
    total_packages: int
    """ Raw data packages. """
    total_bytes: int
    active_transfers: int
    """ Under way between sites. """
    stalled_transfers: int
    """ Of them without progress for longer than the setting TRANSFER_STALLED. """
    bandwidth_bytes_s: float
    """ Of all transfers that are under way and have not stalled. """
    remaining_bytes: int
    """ What is under way or waits to go from site to site. """
    eta_seconds: float | None
    """ When the remaining bytes are through at this bandwidth; null without any. """
    transferred_bytes_day: int
    """ Of transfers that ended in the last 24 hours. """
    oldest_unarchived: datetime.datetime | None
    """ When the oldest package was made that no archive has. """
    oldest_unarchived_seconds: float | None
    stages: list[PipelineStage]
    failures: TransferFailures
    """ What waits for a person, by kind. """
    transfers: list[Transfer]
    """ Those under way, the one that started first in front, at most 200. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        total_packages = self.total_packages

        total_bytes = self.total_bytes

        active_transfers = self.active_transfers

        stalled_transfers = self.stalled_transfers

        bandwidth_bytes_s = self.bandwidth_bytes_s

        remaining_bytes = self.remaining_bytes

        eta_seconds: float | None
        eta_seconds = self.eta_seconds

        transferred_bytes_day = self.transferred_bytes_day

        oldest_unarchived: None | str
        if isinstance(self.oldest_unarchived, datetime.datetime):
            oldest_unarchived = self.oldest_unarchived.isoformat()
        else:
            oldest_unarchived = self.oldest_unarchived

        oldest_unarchived_seconds: float | None
        oldest_unarchived_seconds = self.oldest_unarchived_seconds

        stages = []
        for stages_item_data in self.stages:
            stages_item = stages_item_data.to_dict()
            stages.append(stages_item)

        failures = self.failures.to_dict()

        transfers = []
        for transfers_item_data in self.transfers:
            transfers_item = transfers_item_data.to_dict()
            transfers.append(transfers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "total_packages": total_packages,
                "total_bytes": total_bytes,
                "active_transfers": active_transfers,
                "stalled_transfers": stalled_transfers,
                "bandwidth_bytes_s": bandwidth_bytes_s,
                "remaining_bytes": remaining_bytes,
                "eta_seconds": eta_seconds,
                "transferred_bytes_day": transferred_bytes_day,
                "oldest_unarchived": oldest_unarchived,
                "oldest_unarchived_seconds": oldest_unarchived_seconds,
                "stages": stages,
                "failures": failures,
                "transfers": transfers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.pipeline_stage import PipelineStage
        from ..models.transfer import Transfer
        from ..models.transfer_failures import TransferFailures

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        total_packages = d.pop("total_packages")

        total_bytes = d.pop("total_bytes")

        active_transfers = d.pop("active_transfers")

        stalled_transfers = d.pop("stalled_transfers")

        bandwidth_bytes_s = d.pop("bandwidth_bytes_s")

        remaining_bytes = d.pop("remaining_bytes")

        def _parse_eta_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        eta_seconds = _parse_eta_seconds(d.pop("eta_seconds"))

        transferred_bytes_day = d.pop("transferred_bytes_day")

        def _parse_oldest_unarchived(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                oldest_unarchived_type_0 = datetime.datetime.fromisoformat(data)

                return oldest_unarchived_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        oldest_unarchived = _parse_oldest_unarchived(d.pop("oldest_unarchived"))

        def _parse_oldest_unarchived_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        oldest_unarchived_seconds = _parse_oldest_unarchived_seconds(d.pop("oldest_unarchived_seconds"))

        stages = []
        _stages = d.pop("stages")
        for stages_item_data in _stages:
            stages_item = PipelineStage.from_dict(stages_item_data)

            stages.append(stages_item)

        failures = TransferFailures.from_dict(d.pop("failures"))

        transfers = []
        _transfers = d.pop("transfers")
        for transfers_item_data in _transfers:
            transfers_item = Transfer.from_dict(transfers_item_data)

            transfers.append(transfers_item)

        transfer_overview = cls(
            at=at,
            total_packages=total_packages,
            total_bytes=total_bytes,
            active_transfers=active_transfers,
            stalled_transfers=stalled_transfers,
            bandwidth_bytes_s=bandwidth_bytes_s,
            remaining_bytes=remaining_bytes,
            eta_seconds=eta_seconds,
            transferred_bytes_day=transferred_bytes_day,
            oldest_unarchived=oldest_unarchived,
            oldest_unarchived_seconds=oldest_unarchived_seconds,
            stages=stages,
            failures=failures,
            transfers=transfers,
        )

        transfer_overview.additional_properties = d
        return transfer_overview

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
