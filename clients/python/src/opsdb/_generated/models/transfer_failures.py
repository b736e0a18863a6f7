from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TransferFailures")


@_attrs_define
class TransferFailures:
    """What waits for a person, by kind."""

    packages: int
    transfers: int
    unpackings: int
    archive_transfers: int
    staging_jobs: int
    deletions: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        packages = self.packages

        transfers = self.transfers

        unpackings = self.unpackings

        archive_transfers = self.archive_transfers

        staging_jobs = self.staging_jobs

        deletions = self.deletions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "packages": packages,
                "transfers": transfers,
                "unpackings": unpackings,
                "archive_transfers": archive_transfers,
                "staging_jobs": staging_jobs,
                "deletions": deletions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        packages = d.pop("packages")

        transfers = d.pop("transfers")

        unpackings = d.pop("unpackings")

        archive_transfers = d.pop("archive_transfers")

        staging_jobs = d.pop("staging_jobs")

        deletions = d.pop("deletions")

        transfer_failures = cls(
            packages=packages,
            transfers=transfers,
            unpackings=unpackings,
            archive_transfers=archive_transfers,
            staging_jobs=staging_jobs,
            deletions=deletions,
        )

        transfer_failures.additional_properties = d
        return transfer_failures

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
