from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.checksum_algorithm import ChecksumAlgorithm, check_checksum_algorithm
from ..types import UNSET, Unset

T = TypeVar("T", bound="RawDataPackageFinalize")


@_attrs_define
class RawDataPackageFinalize:
    """A checksum and its algorithm are given together."""

    size_bytes: int | Unset = UNSET
    """ Bytes. """
    checksum: str | Unset = UNSET
    """ Hexadecimal: 32 digits for md5, 64 for sha256, 16 or 32 for xxh3. Kept in lower case. """
    checksum_algorithm: ChecksumAlgorithm | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        size_bytes = self.size_bytes

        checksum = self.checksum

        checksum_algorithm: str | Unset = UNSET
        if not isinstance(self.checksum_algorithm, Unset):
            checksum_algorithm = self.checksum_algorithm

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if size_bytes is not UNSET:
            field_dict["size_bytes"] = size_bytes
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if checksum_algorithm is not UNSET:
            field_dict["checksum_algorithm"] = checksum_algorithm

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        size_bytes = d.pop("size_bytes", UNSET)

        checksum = d.pop("checksum", UNSET)

        _checksum_algorithm = d.pop("checksum_algorithm", UNSET)
        checksum_algorithm: ChecksumAlgorithm | Unset
        if isinstance(_checksum_algorithm, Unset):
            checksum_algorithm = UNSET
        else:
            checksum_algorithm = check_checksum_algorithm(_checksum_algorithm)

        raw_data_package_finalize = cls(
            size_bytes=size_bytes,
            checksum=checksum,
            checksum_algorithm=checksum_algorithm,
        )

        return raw_data_package_finalize
