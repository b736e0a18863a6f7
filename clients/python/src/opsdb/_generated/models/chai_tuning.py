from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.sideband import Sideband, check_sideband
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChaiTuning")


@_attrs_define
class ChaiTuning:
    """What a module of CHAI is tuned to."""

    rest_frequency_ghz: float
    sideband: Sideband
    line: str | Unset = ""
    velocity_km_s: float | Unset = 0.0
    """ Of the source in the local standard of rest. """

    def to_dict(self) -> dict[str, Any]:
        rest_frequency_ghz = self.rest_frequency_ghz

        sideband: str = self.sideband

        line = self.line

        velocity_km_s = self.velocity_km_s

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rest_frequency_ghz": rest_frequency_ghz,
                "sideband": sideband,
            }
        )
        if line is not UNSET:
            field_dict["line"] = line
        if velocity_km_s is not UNSET:
            field_dict["velocity_km_s"] = velocity_km_s

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        rest_frequency_ghz = d.pop("rest_frequency_ghz")

        sideband = check_sideband(d.pop("sideband"))

        line = d.pop("line", UNSET)

        velocity_km_s = d.pop("velocity_km_s", UNSET)

        chai_tuning = cls(
            rest_frequency_ghz=rest_frequency_ghz,
            sideband=sideband,
            line=line,
            velocity_km_s=velocity_km_s,
        )

        return chai_tuning
