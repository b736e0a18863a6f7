from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chai_inpar import ChaiInpar
    from ..models.chai_tile import ChaiTile


T = TypeVar("T", bound="ChaiObservation")


@_attrs_define
class ChaiObservation:
    """How CHAI observes. The tiles of a map are in the order in which they are observed."""

    integration_time_s: float
    reference_offset_lon_arcsec: float | Unset = 0.0
    reference_offset_lat_arcsec: float | Unset = 0.0
    tiles: list[ChaiTile] | Unset = UNSET
    inpar: list[ChaiInpar] | Unset = UNSET
    """ Input parameters of the observing program of CHAI, each name once. """

    def to_dict(self) -> dict[str, Any]:
        integration_time_s = self.integration_time_s

        reference_offset_lon_arcsec = self.reference_offset_lon_arcsec

        reference_offset_lat_arcsec = self.reference_offset_lat_arcsec

        tiles: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tiles, Unset):
            tiles = []
            for tiles_item_data in self.tiles:
                tiles_item = tiles_item_data.to_dict()
                tiles.append(tiles_item)

        inpar: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.inpar, Unset):
            inpar = []
            for inpar_item_data in self.inpar:
                inpar_item = inpar_item_data.to_dict()
                inpar.append(inpar_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "integration_time_s": integration_time_s,
            }
        )
        if reference_offset_lon_arcsec is not UNSET:
            field_dict["reference_offset_lon_arcsec"] = reference_offset_lon_arcsec
        if reference_offset_lat_arcsec is not UNSET:
            field_dict["reference_offset_lat_arcsec"] = reference_offset_lat_arcsec
        if tiles is not UNSET:
            field_dict["tiles"] = tiles
        if inpar is not UNSET:
            field_dict["inpar"] = inpar

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chai_inpar import ChaiInpar
        from ..models.chai_tile import ChaiTile

        d = dict(src_dict)
        integration_time_s = d.pop("integration_time_s")

        reference_offset_lon_arcsec = d.pop("reference_offset_lon_arcsec", UNSET)

        reference_offset_lat_arcsec = d.pop("reference_offset_lat_arcsec", UNSET)

        _tiles = d.pop("tiles", UNSET)
        tiles: list[ChaiTile] | Unset = UNSET
        if _tiles is not UNSET:
            tiles = []
            for tiles_item_data in _tiles:
                tiles_item = ChaiTile.from_dict(tiles_item_data)

                tiles.append(tiles_item)

        _inpar = d.pop("inpar", UNSET)
        inpar: list[ChaiInpar] | Unset = UNSET
        if _inpar is not UNSET:
            inpar = []
            for inpar_item_data in _inpar:
                inpar_item = ChaiInpar.from_dict(inpar_item_data)

                inpar.append(inpar_item)

        chai_observation = cls(
            integration_time_s=integration_time_s,
            reference_offset_lon_arcsec=reference_offset_lon_arcsec,
            reference_offset_lat_arcsec=reference_offset_lat_arcsec,
            tiles=tiles,
            inpar=inpar,
        )

        return chai_observation
